/**
 * The documentation says what the code does: every error code, every call, callback, attribute and link, every path it names.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verdicts } from '../src/sdk/doctor/diagnosis.ts';
import { requestCodes, sdkCodes, verdictCodes } from '../src/wire/codes.ts';
import { lossReasons } from '../src/wire/event.ts';
import { callsOf, membersOf } from './support/interfaces.ts';
import { anchorsOf, cellsUnder, codeBlocksOf, codeSpansOf, columnUnder, linksOf } from './support/markdown.ts';
import { root, sourceFiles } from './support/source-map.ts';

const read = (path: string): string => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '');
const readme = read('README.md');
const codes = new Set<string>([...Object.keys(requestCodes), ...verdictCodes, ...sdkCodes]);
const pages = [
  'README.md',
  'SECURITY.md',
  'deploy/README.md',
  'deploy/cluster/README.md',
  'src/README.md',
  'src/wire/README.md',
  'CONTRIBUTING.md',
];
/** Bundles come and go with the build, so a path into `dist` is held against the build's own list. */
const bundles = Array.from(read('build.mjs').matchAll(/file: '([^']+)'/g), ([, file = '']) => `dist/${file}`);
const built = new Set([...bundles, 'dist', 'dist/immutable', 'dist/index.d.ts', 'dist/integrity.json']);

test('README.md and src/README.md are there', () => {
  expect(['README.md', 'src/README.md'].filter((page) => read(page) === '')).toEqual([]);
});

const api = read('src/sdk/api.ts');
const customerApi = read('src/sdk/customer-api.ts');

test('README has one row for every error code, and says where each is told', () => {
  const places = columnUnder(readme, /^Error codes$/, 1);
  const told = cellsUnder(readme, /^Error codes$/).flatMap((row, at) => row.map((code) => `${code}: ${places[at]}`));
  expect(told.sort()).toEqual([...codes].map((code) => `${code}: ${whereTold(code)}`).sort());
});
const whereTold = (code: string): string => {
  const status = (requestCodes as { [code: string]: number })[code];
  const places = [
    ...(status ? [status] : []),
    ...(verdictCodes.some((one) => one === code) ? ['event'] : []),
    ...(sdkCodes.some((one) => one === code) ? ['console'] : []),
  ];
  return places.join(', ');
};

test('README has one row for every verdict of the doctor, in the order in which they are thought of', () => {
  expect(cellsUnder(readme, /^Why do my events/).flat()).toEqual([...verdicts]);
});

test('README and the wire’s own page name every reason of a loss', () => {
  const rows = [
    /^\| `losses\(\)`.*$/m.exec(readme)?.[0] ?? '',
    /^Reasons of `losses`[\s\S]*?\n\n/m.exec(read('src/wire/README.md'))?.[0] ?? '',
  ];
  for (const row of rows) expect(codeSpansOf(row)).toEqual(expect.arrayContaining([...lossReasons]));
});

test.each([
  ['the public calls', /^Calls: /, callsOf(api, 'SmarticoMethods')],
  ['the questions of `api`', /^api$/, callsOf(customerApi, 'SmarticoApi')],
  ['the callbacks', /^Callbacks$/, membersOf(api, 'CallbackArguments')],
  [
    'the inputs on the window',
    /^The window$/,
    membersOf(api, 'Window').filter((name) => !/^_smartico(_inframe)?$/.test(name)),
  ],
])("README's reference has %s with their arguments, and no others", (_what, heading, declared) => {
  expect(declared).not.toEqual([]);
  const [documented, named] = [cellsUnder(readme, heading).flat(), new Set(declared)];
  expect(documented.filter((call) => !named.has(call)).map((call) => `README has ${call}, the types do not`)).toEqual(
    [],
  );
  expect(declared.filter((call) => !documented.includes(call)).map((call) => `README lacks ${call}`)).toEqual([]);
  expect(documented.length, 'each once').toBe(new Set(documented).size);
});

test("README's table of the script tag has every option of `init`, and no others", () => {
  const documented = cellsUnder(readme, /^The script tag$/, 1)
    .flat()
    .map((option) => option.replace(/:.*/, ''));
  expect(documented.filter((option) => option !== 'init').sort()).toEqual(membersOf(api, 'InitOptions').sort());
});

/** The attributes of its tag that these files of the SDK read. */
const attributesReadBy = (...files: string[]): string[] => {
  const sources = files.map((file) => read(`src/sdk/${file}.ts`)).join('\n');
  const names = Array.from(sources.matchAll(/\bscript\.(\w+)/g), ([, name = '']) => name);
  const attributes = new Set(names.filter((name) => name !== 'src' && name !== 'integrity'));
  return [...attributes].map((name) => `data-${name.replace(/[A-Z]/g, (big) => `-${big.toLowerCase()}`)}`);
};
const attributesUnder = (heading: RegExp, row: (at: number) => boolean = () => true): (string | undefined)[] =>
  cellsUnder(readme, heading)
    .filter((_, at) => row(at))
    .flatMap((spans) => spans.map((span) => span.split('=')[0]));

test("README's table of the script tag has every attribute that the SDK reads, and no others", () => {
  const known = attributesReadBy('options', 'consent', 'index', 'browser', 'rooms');
  expect(attributesUnder(/^The script tag$/).sort()).toEqual(known.sort());
  expect(
    codeSpansOf(readme).some((span) => span.includes(read('src/sdk/ui/bells.ts').match(/data-[\w-]+/)?.[0] ?? '?')),
  );
});

test("README's table of frames has every attribute that the framed script reads, and those that the page's reads for it", () => {
  const tags = columnUnder(readme, /^In an iframe/, 1);
  const attributesOf = (file: string) => attributesUnder(/^In an iframe/, (at) => tags[at] === `\`${file}\``).sort();
  expect(attributesOf('smartico_inframe.js')).toEqual(attributesReadBy('inframe', 'inframe/guest').sort());
  expect(attributesOf('smartico.js')).toEqual(attributesReadBy('frames/room').sort());
});

test('the samples of deploy name only variables that the collector reads, and run the file that the build makes', () => {
  const known = new Set([
    'NODE_ENV',
    ...Array.from(
      read('src/collector/options.ts').matchAll(/\b[A-Z]+(?:_[A-Z]+)?\b(?=[':])|env\.([A-Z_]+)/g),
      ([all, name]) => name ?? all,
    ),
  ]);
  for (const sample of ['deploy/openaction.service', 'deploy/Dockerfile']) {
    const text = read(sample);
    const named = Array.from(text.matchAll(/^(?:Environment=|ENV )(.*)$/gm), ([, line = '']) => line)
      .flatMap((line) => line.split(' '))
      .map((pair) => pair.split('=')[0]!);
    expect(named).not.toEqual([]);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    expect(text).toContain('dist/collector.js');
  }
});

test('each variable of the sample of a NATS server has its value in the environment beside it, and in the compose file', () => {
  const [server, environment, compose] = ['nats-server.conf', 'nats-server.env', 'compose.yaml'].map((file) =>
    read(`deploy/cluster/${file}`),
  ) as [string, string, string];
  const wanted = Array.from(server.matchAll(/: \$([A-Z_]+)/g), ([, name = '']) => name).sort();
  expect(wanted).toContain('COLLECTOR_PASSWORD');
  expect(Array.from(environment.matchAll(/^([A-Z_]+)=/gm), ([, name]) => name).sort()).toEqual(wanted);
  expect(wanted.filter((name) => !compose.includes(` ${name}: `))).toEqual([]);
});

test('the demo runs the tags and calls of README’s frame and page word for word, but for the addresses', () => {
  const section = /^## In an iframe[\s\S]*?^## /m.exec(readme)?.[0] ?? '';
  const anywhere = (text: string) => text.replace(/https?:\/\/[^/\s"]+/g, '').replace(/="\s+"/g, '=""');
  const tagsOf = (text: string) =>
    Array.from(anywhere(text).matchAll(/<script src="\/smartico[^>]*>/g), ([tag]) => tag);
  const pages = ['b2b/index', 'platform/index', 'platform/table'].map((page) => tagsOf(read(`demo/${page}.html`)));
  const [page, frame] = tagsOf(section);
  expect(pages).toEqual([[page], [frame], [frame]]);
  const calls = Array.from(
    codeBlocksOf(section)
      .join('\n')
      .matchAll(/_smartico_inframe\.\w+\(.*?\)/g),
    ([call]) => call,
  );
  expect(calls.map((call) => /\w+(?=\()/.exec(call)?.[0])).toEqual(['init', 'online', 'dp']);
  const scripts = read('demo/platform/platform.js') + read('demo/platform/lobby.js');
  expect(calls.filter((call) => !scripts.includes(call))).toEqual([]);
});

test('README names the attribute of a bell', () => {
  expect(codeSpansOf(readme).join()).toContain(
    `<button ${/\[(data-[\w-]+)\]/.exec(read('src/sdk/ui/bells.ts'))?.[1]}>`,
  );
});

test("README's table of deep links has every verb that the SDK knows", () => {
  const verbs = read('src/sdk/live/verbs.ts');
  const known = [
    'action',
    ...Array.from(verbs.matchAll(/verb === '(\w+)'/g), ([, verb = '']) => verb),
    ...(/CLOSING = \/\^\(([\w|]+)\)/.exec(verbs)?.[1]?.split('|') ?? []),
  ];
  const documented = cellsUnder(readme, /^Deep links$/)
    .flat()
    .map((link) => /^dp:(\w+)/.exec(link)?.[1]);
  expect(known.length).toBeGreaterThan(5);
  expect(known.filter((verb) => !documented.includes(verb))).toEqual([]);
});

test("README's table of sizes has every budget of the build, and no others", () => {
  const built = read('build.mjs').matchAll(/file: '([^']+)'.*budget: ([\d_]+)/g);
  const budgets = Array.from(
    built,
    ([, file, bytes = '']) => `${file}: ${(+bytes.replace('_', '') / 1000).toFixed(1)}`,
  );
  const files = cellsUnder(readme, /^Sizes$/).flat();
  const kilobytes = columnUnder(readme, /^Sizes$/, 4).slice(-files.length);
  expect(files.map((file, at) => `${file}: ${kilobytes[at]}`).sort()).toEqual(budgets.sort());
});

test("README's TypeScript compiles against the package's own types", () => {
  const example = /^```ts\n([\s\S]*?)^```/m.exec(readme)?.[1] ?? '';
  expect(example).toContain("from 'openaction'");
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  try {
    const sdk = join(root, 'src/sdk');
    writeFileSync(join(folder, 'example.ts'), example);
    const paths = { openaction: [join(sdk, 'module.ts')] };
    const config = {
      extends: join(sdk, 'tsconfig.json'),
      compilerOptions: {
        composite: false,
        incremental: false,
        noEmit: true,
        emitDeclarationOnly: false,
        rootDir: '/',
        paths,
      },
      files: ['example.ts', join(sdk, 'ui/style-sheets.d.ts')],
      include: [],
      references: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    expect(stdout.toString()).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
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
    // A name without a folder may be that of many: "the `room.ts` of each".
    const files = sourceFiles();
    const isOfMany = (path: string) => files.some((file) => file.path.endsWith(`/${path}`));
    const missing = named.filter((path) => !isOfMany(path) && !places.some((place) => existsSync(join(place, path))));
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
    expect(cellsUnder(text, /\bcodes?\b/i)).toEqual([['a_b']]);
    expect(columnUnder(text, /\bcodes?\b/i, 1)).toEqual(['why']);
  });

  test('finds the members of an interface and their arguments, each once', () => {
    const source =
      'export interface Calls extends X {\n  /** a(b) */\n  action(name: string, extra?: { a: 1 }): void;\n  readonly version: string;\n  on<T>(\n          x: (a: T, b: T) => void,\n          y?: T,\n  ): void;\n  on(x: string): void;\n}\n';
    expect(membersOf(source, 'Calls')).toEqual(['action', 'version', 'on']);
    expect(callsOf(source, 'Calls')).toEqual(['action(name, extra?)', 'version', 'on(x, y?)']);
  });
});
