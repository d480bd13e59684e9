/**
 * Door of `npm run test:kill [-- --only PART] [--quick] [--write]`: bundles the run, runs it, and leaves no process behind.
 * Ends with non-zero if anything outside the published windows was lost, or anything stored twice.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildIsStale } from '../build-age.mjs';
import { ensureChromium } from '../chromium.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const run = (...args) =>
  new Promise((resolve, reject) => {
    // A group of its own, so that what it started ends with it, however it ends.
    const child = spawn(process.execPath, args, { stdio: 'inherit', detached: true });
    const endAll = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch (cause) {
        if (cause.code !== 'ESRCH') throw cause; // nobody is left
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, endAll);
    child.once('error', reject);
    child.once('exit', (code) => {
      endAll('SIGTERM');
      resolve(code ?? 1);
    });
  });

// As deep as the sources, so that what these look for beside themselves (`dist`, above all) is where they look.
const outdir = '.cache/kill';
await build({
  bundle: true,
  outdir,
  logLevel: 'error',
  sourcemap: 'inline',
  entryPoints: { main: 'test/kill/main.ts', 'load-client': 'test/bench/load-client.ts' },
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  outExtension: { '.js': '.mjs' },
});

process.env.CHROMIUM = ensureChromium();
const built = (await buildIsStale()) ? await run('build.mjs', '--quiet', '--no-types') : 0;
if (built !== 0) console.error('the build is over a budget or failed; killing what is in dist');
process.exitCode = await run('--enable-source-maps', `${outdir}/main.mjs`, ...process.argv.slice(2));
