/**
 * The house rules that no compiler holds: who may import whom, who may touch the outside, how a file opens.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { globalsTouched, importCycle, importsOf, roomOf, root, sourceFiles } from './support/source-map.ts';

const files = sourceFiles();
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };

/** A room may import the rooms and packages named here, and its own files; `*` is any dependency and Node itself. */
const rooms: Record<string, { rooms: string[]; packages: string[] | '*' }> = {
  wire: { rooms: [], packages: [] },
  bridge: { rooms: [], packages: [] },
  sdk: { rooms: ['wire', 'bridge'], packages: ['idb-keyval', 'nanoid'] },
  collector: { rooms: ['wire'], packages: '*' },
  'collector/live': { rooms: ['wire'], packages: [] },
  'collector/widget': { rooms: ['wire'], packages: [] },
};

const bundleEntries = Array.from(read('build.mjs').matchAll(/entry: 'src\/([^']+)'/g), ([, path = '']) => path);
const outside = ['window', 'document', 'navigator', 'location', 'localStorage', 'sessionStorage', 'indexedDB', 'fetch'];
/** Where the SDK meets the page. A file that draws joins by name when there is one. */
const meetsThePage = new Set(['sdk/platform.ts', ...bundleEntries]);

test('every room under src has its line in the table of who may import whom', () => {
  expect([...new Set(files.map(({ path }) => roomOf(path)))].filter((room) => !rooms[room])).toEqual([]);
});

test('a room imports only the rooms that it may', () => {
  const forbidden = files.flatMap(({ path, imports }) =>
    imports
      .filter(({ ours }) => ours)
      .map(({ target }) => ({ from: roomOf(path), to: roomOf(target) }))
      .filter(({ from, to }) => from !== to && !rooms[from]?.rooms.includes(to))
      .map(({ from, to }) => `${from} must not import ${to} (${path})`),
  );
  expect(forbidden).toEqual([]);
});

test('a room imports only the packages that it may, and each of them is a dependency', () => {
  const forbidden = files.flatMap(({ path, imports }) =>
    imports
      .filter(({ ours }) => !ours)
      .filter(({ target }) => {
        const allowed = rooms[roomOf(path)]?.packages ?? [];
        if (allowed !== '*') return !allowed.includes(target);
        return !target.startsWith('node:') && !(target in dependencies);
      })
      .map(({ target }) => `${roomOf(path)} must not import ${target} (${path})`),
  );
  expect(forbidden).toEqual([]);
});

test('every import of ours names a file that exists, with its extension', () => {
  const lost = files.flatMap(({ path, imports }) =>
    imports
      .filter(({ target, ours }) => ours && !existsSync(join(root, 'src', target)))
      .map(({ target }) => `${path} imports ${target}, which is no file`),
  );
  expect(lost).toEqual([]);
});

test('no files load one another in a ring', () => {
  expect(importCycle(files)?.join(' -> ')).toBeUndefined();
});

test("inside the SDK only the platform and the bundle entries touch the page's globals", () => {
  const touching = files
    .filter(({ path }) => roomOf(path) === 'sdk' && !meetsThePage.has(path))
    .flatMap(({ path, text }) => globalsTouched(text, outside).map((name) => `${path} touches ${name}`));
  expect(touching).toEqual([]);
});

test('only collector/main.ts reads the environment', () => {
  const reading = files
    .filter(({ path }) => path !== 'collector/main.ts')
    .filter(
      ({ text, imports }) =>
        globalsTouched(text, ['process.env']).length > 0 || imports.some(({ target }) => target === 'node:process'),
    )
    .map(({ path }) => path);
  expect(reading).toEqual([]);
});

test('every file opens with a comment that says what it owns', () => {
  const mute = files
    .filter(({ text }) => {
      const opening = /^(?:#!.*\n)?\s*(\/\*\*[\s\S]*?\*\/|(?:\/\/.*\n)+)/.exec(text)?.[1] ?? '';
      return opening.replace(/[/*\s]+/g, ' ').trim().length < 30;
    })
    .map(({ path }) => path);
  expect(mute).toEqual([]);
});

describe('the map of the source', () => {
  test('tells a loaded import from a type, also over several lines and when it is dynamic', () => {
    const text = [
      "import type { A } from './a.ts';",
      "import {\n  b,\n  type C,\n} from '../wire/b.ts';",
      "import './side.ts';",
      "export { d } from './d.ts';",
      "import Fastify from '@fastify/static/lib';",
      "const later = () => import('node:fs');",
    ].join('\n');
    expect(importsOf('sdk/x.ts', text)).toEqual([
      { target: 'sdk/a.ts', ours: true, typeOnly: true },
      { target: 'wire/b.ts', ours: true, typeOnly: false },
      { target: 'sdk/side.ts', ours: true, typeOnly: false },
      { target: 'sdk/d.ts', ours: true, typeOnly: false },
      { target: '@fastify/static', ours: false, typeOnly: false },
      { target: 'node:fs', ours: false, typeOnly: false },
    ]);
  });

  test('finds a ring of loaded files and lets a ring of types be', () => {
    const file = (path: string, target: string, typeOnly = false) => ({
      path,
      imports: [{ target, ours: true, typeOnly }],
    });
    expect(importCycle([file('a.ts', 'b.ts'), file('b.ts', 'c.ts'), file('c.ts', 'b.ts')])).toEqual(['b.ts', 'c.ts']);
    expect(importCycle([file('a.ts', 'b.ts'), file('b.ts', 'a.ts', true)])).toBeUndefined();
  });

  test('sees a global, and neither a parameter, a property nor a type of that name', () => {
    expect(globalsTouched('export const go = () => fetch(window.location.href);', outside)).toEqual([
      'window',
      'fetch',
    ]);
    expect(
      globalsTouched(
        'export const go = (fetch: typeof window.fetch, page: { document: string }) => fetch(page.document); // window',
        outside,
      ),
    ).toEqual([]);
  });
});
