/**
 * Door of `npm run test:cluster [-- --only PART] [--quick] [--write]`: bundles the run, and runs it. Ends with non-zero if
 * anything acknowledged was lost, anything stored or done twice, or a process left behind.
 */
import { fileURLToPath } from 'node:url';
import { buildIsStale } from '../build-age.mjs';
import { bundled, runInGroup } from '../bundled-run.mjs';
import { ensureChromium } from '../chromium.mjs';
import { ensureNats } from '../nats.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const main = await bundled('cluster', { main: 'test/cluster/main.ts' });
process.env.CHROMIUM = ensureChromium();
process.env.NATS_SERVER = ensureNats();
const built = (await buildIsStale()) ? await runInGroup('build.mjs', '--quiet', '--no-types') : { code: 0 };
if (built.code !== 0) console.error('the build is over a budget or failed; what is in dist runs');
const { code, left } = await runInGroup('--enable-source-maps', main, ...process.argv.slice(2));
if (left) console.error('DEFECT a process was left behind');
process.exitCode = code || Number(left);
