/**
 * Door of `npm run bench [-- collector|browser|live|bridge|campaigns|cluster] [--rounds N] [--warm SECONDS] [--write]`: bundles the bench, runs it, and
 * leaves no process behind.
 * Benchmarks state numbers; they never pass or fail.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildIsStale } from '../build-age.mjs';
import { findChromium } from '../chromium.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const run = (...args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });

const outdir = 'node_modules/.cache/openaction-bench';
const common = { bundle: true, outdir, logLevel: 'error', sourcemap: 'inline' };
await build({
  ...common,
  entryPoints: ['main', 'load-client', 'control-server'].map((name) => `test/bench/${name}.ts`),
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  outExtension: { '.js': '.mjs' },
});
const inBrowser = ['naive-outbox', 'in-page', 'in-live-page', 'in-bridge-page'].map((name) => `test/bench/${name}.ts`);
await build({ ...common, sourcemap: false, minify: true, entryPoints: inBrowser, format: 'iife', target: 'es2020' });

const chromium = findChromium();
if (chromium) process.env.CHROMIUM = chromium;
const built = (await buildIsStale()) ? await run('build.mjs', '--quiet', '--no-types') : 0;
if (built !== 0) console.error('the build is over a budget or failed; measuring what is in dist');
process.exitCode = await run('--enable-source-maps', `${outdir}/main.mjs`, ...process.argv.slice(2));
