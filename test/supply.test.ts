/** What is built and run with, as the lockfile says it; what it is, SECURITY says under "Packages". */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './support/source-map.ts';

interface Package {
  integrity?: string;
  resolved?: string;
  hasInstallScript?: true;
  dev?: true;
  optional?: true;
}
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const locked = Object.entries(read('package-lock.json').packages as Record<string, Package>).filter(([path]) => path);
const { dependencies, devDependencies, allowScripts } = read('package.json') as Record<string, Record<string, string>>;
const named = (all: typeof locked) => all.map(([path]) => path.replace('node_modules/', ''));

test('every package that is built or run with has its digest in the lockfile, and none an address', () => {
  expect(named(locked.filter(([, { resolved }]) => resolved))).toEqual([]);
  // The linter for other systems.
  const needed = locked.filter(([, { dev, optional }]) => !(dev && optional));
  expect(named(needed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')))).toEqual([]);
});

test('two may run a script when they are installed', () => {
  expect(named(locked.filter(([, { hasInstallScript }]) => hasInstallScript)).sort()).toEqual(
    Object.keys(allowScripts ?? {}).sort(),
  );
  expect(Object.keys(allowScripts ?? {})).toEqual(['better-sqlite3', 'esbuild']);
});

test('what is named in package.json is one version, and no range', () => {
  const versions = Object.values({ ...dependencies, ...devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
