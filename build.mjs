/**
 * Builds every door to the street, prints what each weighs, and fails over its budget.
 * `node build.mjs --quiet` prints only what is over; `--no-types` skips the declarations (benches and tests use it).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';

const quiet = process.argv.includes('--quiet');
const { version } = JSON.parse(await readFile('package.json', 'utf8'));
/** A style sheet that the SDK imports is its text: a page's policy lets no other in. */
const styleText = {
  name: 'style sheets as text',
  setup({ onLoad }) {
    onLoad({ filter: /\/sdk\/.*\.css$/ }, async ({ path }) => {
      const target = ['chrome111', 'firefox113', 'safari16.4'];
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true, target });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};
const common = {
  bundle: true,
  minify: true,
  target: 'es2021',
  legalComments: 'none',
  define: { VERSION: JSON.stringify(version) },
  plugins: [styleText],
};
const browser = { ...common, format: 'iife', platform: 'browser' };
/** What keeps events holds on to the built-ins as they are when it loads. */
const inject = ['src/sdk/built-ins.ts'];
const server = { ...common, minify: false, format: 'esm', platform: 'node', target: 'node20', packages: 'external' };

/** `budget` is in bytes after brotli (see README, "Sizes"). The rooms come first: the core names their copies and pins them. */
const bundles = [
  { file: 'smartico_ui.js', entry: 'src/sdk/ui.ts', options: browser, budget: 8_100 },
  { file: 'smartico_api.js', entry: 'src/sdk/questions.ts', options: browser, budget: 4_000 },
  { file: 'smartico_live.js', entry: 'src/sdk/live.ts', options: browser, budget: 6_900 },
  { file: 'smartico_frames.js', entry: 'src/sdk/frames.ts', options: browser, budget: 5_200 },
  { file: 'smartico_publisher.js', entry: 'src/sdk/publisher.ts', options: browser, budget: 2_000 },
  { file: 'smartico_doctor.js', entry: 'src/sdk/doctor.ts', options: browser, budget: 7_000 },
  // 250 bytes of it are a publisher’s: the pin of its room, and the queue’s way there while the room is on its way.
  { file: 'smartico.js', entry: 'src/sdk/browser.ts', options: { ...browser, inject }, budget: 13_850 },
  { file: 'stub.js', entry: 'src/sdk/stub.ts', options: browser, budget: 700 },
  { file: 'smartico_inframe.js', entry: 'src/sdk/inframe.ts', options: browser, budget: 4_600 },
  { file: 'smartico-sw.js', entry: 'src/sdk/service-worker.ts', options: browser, budget: 2_500 },
  {
    file: 'index.js',
    entry: 'src/sdk/module.ts',
    options: { ...common, inject, format: 'esm', platform: 'browser', splitting: true },
  },
  {
    file: 'collector.js',
    entry: 'src/collector/main.ts',
    options: { ...server, banner: { js: '#!/usr/bin/env node' } },
  },
  { file: 'store-worker.js', entry: 'src/collector/store/store-worker.ts', options: server },
  { file: 'live.js', entry: 'src/collector/live/live.ts', options: { ...browser, target: 'es2022' }, budget: 17_000 },
  { file: 'widget.js', entry: 'src/collector/widget/widget.ts', options: browser, budget: 6_000 },
];

/** The collector's own pages: a document and its style beside a bundle, loaded by no other site. */
const pages = ['live', 'widget'];

/** What is fetched later, by the core or by the room before it. */
const roomOf = (file) => /^smartico_(ui|api|frames|publisher|doctor|live)\.js$/.exec(file)?.[1];
const copyOf = (file, hash) => `immutable/${file.replace(/\.js$/, '')}.${hash}.js`;

const weigh = async (file) => {
  const bytes = await readFile(`dist/${file}`);
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
    sri: `sha384-${createHash('sha384').update(bytes).digest('base64')}`,
    // The core carries those of its rooms: no bytes for strength that 256 bits have as well.
    pin: `sha256-${createHash('sha256').update(bytes).digest('base64')}`,
    hash: createHash('sha256').update(bytes).digest('hex').slice(0, 12),
  };
};

await rm('dist', { recursive: true, force: true });
await mkdir('dist/immutable', { recursive: true });
let rooms = {};
const make = async ({ file, entry, options }) => {
  const define = { ...options.define, ROOMS: JSON.stringify(rooms) };
  const to = options.splitting
    ? { entryPoints: { [file.replace(/\.js$/, '')]: entry }, outdir: 'dist', chunkNames: 'chunks/[name]-[hash]' }
    : { entryPoints: [entry], outfile: `dist/${file}` };
  await build({ ...options, ...to, define, logLevel: 'error' });
};
for (const bundle of bundles.filter(({ file }) => roomOf(file))) {
  await make(bundle);
  const weight = await weigh(bundle.file);
  const pin = { [roomOf(bundle.file)]: [`/${copyOf(bundle.file, weight.hash)}`, weight.pin] };
  // What the live room fetches is no matter of the core's.
  rooms = bundle.file === 'smartico_live.js' ? pin : { ...rooms, ...pin };
}
await Promise.all(bundles.filter(({ file }) => !roomOf(file)).map(make));
for (const page of pages) {
  await cp(`src/collector/${page}/${page}.html`, `dist/${page}.html`);
  await build({
    entryPoints: [`src/collector/${page}/${page}.css`],
    outfile: `dist/${page}.css`,
    bundle: true,
    minify: true,
    logLevel: 'error',
  });
}

const rows = [];
const sri = {};
for (const { file, budget, options } of bundles) {
  const weight = await weigh(file);
  rows.push({ file, raw: weight.raw, gzip: weight.gzip, brotli: weight.brotli, budget: budget ?? '-' });
  if (options.format !== 'iife' || pages.includes(file.replace('.js', ''))) continue;
  const copy = copyOf(file, weight.hash);
  await cp(`dist/${file}`, `dist/${copy}`);
  sri[file] = { path: `/${copy}`, integrity: weight.sri };
}
await writeFile('dist/integrity.json', `${JSON.stringify(sri, null, 2)}\n`);

/** The declarations that the npm entry reaches, and no others; an import of `x.ts` is one of `x.js` to a reader of `.d.ts`. */
const declare = async (path, seen = new Set()) => {
  if (seen.has(path)) return;
  seen.add(path);
  const text = await readFile(`.types/${path}.d.ts`, 'utf8');
  await mkdir(dirname(`dist/types/${path}`), { recursive: true });
  await writeFile(`dist/types/${path}.d.ts`, text.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'"));
  for (const [, from] of text.matchAll(/from '(\.[^']*)\.ts'/g)) await declare(join(dirname(path), from), seen);
};
if (!process.argv.includes('--no-types')) {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'src/sdk'], { stdio: 'inherit' });
  await declare('sdk/module');
  await writeFile('dist/index.d.ts', "export * from './types/sdk/module.js';\n");
}

const over = rows.filter(({ brotli, budget }) => brotli > budget);
if (!quiet) {
  console.table(Object.fromEntries(rows.map(({ file, ...sizes }) => [file, sizes])));
  for (const [file, { path, integrity }] of Object.entries(sri))
    console.log(`${file}  ${path}\n  integrity="${integrity}"`);
}
for (const { file, brotli, budget } of over)
  console.error(`${file} is ${brotli} bytes after brotli, over its budget of ${budget}`);
if (over.length) process.exitCode = 1;
