/**
 * Door of `npm run test:kill [-- --only PART] [--quick] [--write]`: bundles the run, runs it, and leaves no process behind.
 * Ends with non-zero if anything outside the published windows was lost, or anything stored twice.
 */
import { fileURLToPath } from 'node:url';
import { buildIsStale } from '../build-age.mjs';
import { bundled, runInGroup } from '../bundled-run.mjs';
import { ensureChromium } from '../chromium.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const main = await bundled('kill', { main: 'test/kill/main.ts', 'load-client': 'test/bench/load-client.ts' });
process.env.CHROMIUM = ensureChromium();
const built = (await buildIsStale()) ? await runInGroup('build.mjs', '--quiet', '--no-types') : { code: 0 };
if (built.code !== 0) console.error('the build is over a budget or failed; killing what is in dist');
const { code } = await runInGroup('--enable-source-maps', main, ...process.argv.slice(2));
process.exitCode = code;
