/**
 * The source as a map: which file stands in which room, what it imports, which of the page's globals it touches.
 * Reads and never judges; `house.test.ts` holds the rules.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Import {
  /** A file of ours relative to `src`, or the name of a package. */
  target: string;
  ours: boolean;
  /** Erased by the compiler: nothing is loaded. */
  typeOnly: boolean;
}

export interface SourceFile {
  /** Relative to `src`, with `/`. */
  path: string;
  text: string;
  imports: Import[];
}

/** The room a file belongs to: its first folder, except for the collector's pages, which are browsers' rooms inside it. */
export const roomOf = (path: string): string =>
  /^collector\/(?:live|widget)(?=\/)/.exec(path)?.[0] ?? path.split('/')[0] ?? path;

const statement = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\(\s*'([^']+)'/g;

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

export const importsOf = (path: string, text: string): Import[] => {
  const found = [
    ...Array.from(text.matchAll(statement), ([, type, specifier = '']) => ({ specifier, typeOnly: Boolean(type) })),
    ...Array.from(text.matchAll(dynamic), ([, specifier = '']) => ({ specifier, typeOnly: false })),
  ];
  return found.map(({ specifier, typeOnly }) =>
    specifier.startsWith('.')
      ? { target: posix.join(dirname(path), specifier), ours: true, typeOnly }
      : { target: packageOf(specifier), ours: false, typeOnly },
  );
};

export const sourceFiles = (): SourceFile[] =>
  readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(join(root, 'src'), join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, 'src', path), 'utf8');
      return { path, text, imports: importsOf(path, text) };
    });

/**
 * Which of these globals the code itself touches. The compiler's own scopes decide, so a parameter called `fetch` or a
 * property called `document` is no global, and what stands only in a type or a comment does not count.
 */
export const globalsTouched = (text: string, names: string[]): string[] => {
  const mark = (name: string) => `TOUCHED_${name.replace('.', '_')}`;
  const { code } = transformSync(text, {
    loader: 'ts',
    define: Object.fromEntries(names.map((name) => [name, mark(name)])),
  });
  return names.filter((name) => new RegExp(`\\b${mark(name)}\\b`).test(code));
};

/** The first ring of files that load one another, each path once, or undefined. */
export const importCycle = (files: Pick<SourceFile, 'path' | 'imports'>[]): string[] | undefined => {
  const imports = new Map(files.map((file) => [file.path, file.imports]));
  const done = new Set<string>();
  const walk = (path: string, trail: string[]): string[] | undefined => {
    if (trail.includes(path)) return trail.slice(trail.indexOf(path));
    if (done.has(path)) return undefined;
    for (const { target, ours, typeOnly } of imports.get(path) ?? []) {
      if (!ours || typeOnly) continue;
      const ring = walk(target, [...trail, path]);
      if (ring) return ring;
    }
    done.add(path);
    return undefined;
  };
  for (const { path } of files) {
    const ring = walk(path, []);
    if (ring) return ring;
  }
  return undefined;
};
