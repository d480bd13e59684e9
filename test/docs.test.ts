/**
 * The documentation says what the code does: every error code, every public call, every path and link it names.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requestCodes, sdkCodes, verdictCodes } from '../src/wire/codes.ts';
import { anchorsOf, codeBlocksOf, codeSpansOf, firstCellsUnder, linksOf } from './support/markdown.ts';
import { root } from './support/source-map.ts';

const read = (path: string): string => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '');
const readme = read('README.md');
const codes = new Set<string>([...Object.keys(requestCodes), ...verdictCodes, ...sdkCodes]);
const pages = ['README.md', 'src/README.md', 'src/wire/README.md', 'CONTRIBUTING.md'];
/** Bundles come and go with the build, so a path into `dist` is held against the build's own list. */
const bundles = Array.from(read('build.mjs').matchAll(/file: '([^']+)'/g), ([, file = '']) => `dist/${file}`);
const built = new Set([...bundles, 'dist', 'dist/immutable', 'dist/index.d.ts', 'dist/integrity.json']);

/** The members of an interface: one method or property a line, two spaces in. */
const membersOf = (source: string, name: string): string[] => {
  const body =
    new RegExp(`^ *(?:export )?interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^ *\\}`, 'm').exec(source)?.[1] ?? '';
  const names = Array.from(body.matchAll(/^ {2,4}(?:readonly )?(\w+)\??\s*[(<:]/gm), ([, member = '']) => member);
  return [...new Set(names)];
};

test('README.md and src/README.md are there', () => {
  expect(['README.md', 'src/README.md'].filter((page) => read(page) === '')).toEqual([]);
});

test('README documents every error code', () => {
  const told = new Set(codeSpansOf(readme));
  expect([...codes].filter((code) => !told.has(code)).map((code) => `README.md lacks the code \`${code}\``)).toEqual(
    [],
  );
});

test('README lists no error code that the code does not have', () => {
  const invented = firstCellsUnder(readme, /\bcodes?\b/i).filter((cell) => /^[a-z_]+$/.test(cell) && !codes.has(cell));
  expect(invented.map((code) => `README.md lists \`${code}\`, which src/wire/codes.ts does not have`)).toEqual([]);
});

test.each([
  ['public call', 'SmarticoMethods'],
  ['option of init', 'InitOptions'],
  ['input on the window', 'Window'],
])('README documents every %s', (_what, name) => {
  const members = membersOf(read('src/sdk/api.ts'), name);
  expect(members, `src/sdk/api.ts has no \`interface ${name}\` whose members could be read`).not.toEqual([]);
  const told = [...codeSpansOf(readme), ...codeBlocksOf(readme)].join('\n');
  const untold = members.filter((member) => !new RegExp(`(^|[^\\w])${member}\\b`, 'm').test(told));
  expect(untold.map((member) => `README.md lacks \`${member}\` of ${name} in src/sdk/api.ts`)).toEqual([]);
});

describe.each(pages)('%s', (page) => {
  const text = read(page);
  const from = (target: string) => join(root, dirname(page), target);

  test('every link leads somewhere', () => {
    const dead = linksOf(text)
      .filter((link) => !/^[a-z]+:/i.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        if (path !== '' && !existsSync(from(path))) return true;
        if (anchor === undefined || (path !== '' && !path.endsWith('.md'))) return false;
        return !anchorsOf(path === '' ? text : readFileSync(from(path), 'utf8')).includes(anchor);
      });
    expect(dead.map((link) => `${page} links to ${link}, which is not there`)).toEqual([]);
  });

  test('every path it names exists', () => {
    const named = codeSpansOf(text).filter((span) => /^(src|test|demo|dist|\.ci)(\/[\w.*-]+)*\/?$/.test(span));
    const missing = named
      .map((path) => path.replace(/\/$/, ''))
      .filter((path) => !path.includes('*'))
      .filter((path) => (path.startsWith('dist') ? !built.has(path) : !existsSync(join(root, path))));
    expect(missing.map((path) => `${page} names ${path}, which is not there`)).toEqual([]);
  });

  test('every file of ours it names exists', () => {
    const named = codeSpansOf(text).filter((span) => /^[a-z][\w-]*(\/[\w.-]+)*\.ts$/.test(span));
    const places = [
      root,
      join(root, 'src'),
      join(root, dirname(page)),
      join(root, 'src/sdk'),
      join(root, 'src/collector'),
    ];
    const missing = named.filter((path) => !places.some((place) => existsSync(join(place, path))));
    expect(missing.map((path) => `${page} names ${path}, which is not there`)).toEqual([]);
  });
});

describe('reading Markdown', () => {
  const text =
    '# A `b` & C\n[x](y.md#z) `[no](no.md)`\n```\n[no](no.md)\n```\n## Error codes\n| `a_b` | why |\n## Else\n| `c` |';

  test('finds links, anchors, code spans and the cells of a table, and nothing inside a block', () => {
    expect(linksOf(text)).toEqual(['y.md#z']);
    expect(anchorsOf(text)).toEqual(['a-b--c', 'error-codes', 'else']);
    expect(codeSpansOf(text)).toEqual(['b', '[no](no.md)', 'a_b', 'c']);
    expect(codeBlocksOf(text)).toEqual(['[no](no.md)']);
    expect(firstCellsUnder(text, /\bcodes?\b/i)).toEqual(['a_b']);
  });

  test('finds the members of an interface, each once, and not their parameters', () => {
    const api =
      'export interface Calls extends X {\n  /** a(b) */\n  action(name: string): void;\n  readonly version: string;\n  on?<T>(\n          x: T,\n  ): void;\n}\n';
    expect(membersOf(api, 'Calls')).toEqual(['action', 'version', 'on']);
  });
});
