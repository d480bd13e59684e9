/**
 * What `npm test` runs. Without a name: types, lint, a browser, a nats-server, the build, every suite. With names
 * (`npm test -- NAME`): the build if it is stale, and the test files whose path holds a name.
 * Ends with one line, `N passed, N failed`; each step that is not a suite counts as one, and a crash counts as a failure.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIsStale } from './build-age.mjs';
import { ensureChromium, findChromium } from './chromium.mjs';
import { ensureNats, findNats } from './nats.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const names = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0 };

const node = (...args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });

const tool = async (...args) => {
  const ended = await node(...args);
  if (ended !== 0) throw new Error(`${args[0]} ended with ${ended}`);
};

/** One step, one count. Later steps run even so: whoever broke the lint still wants to know what the tests say. */
const step = async (title, work) => {
  console.log(`\n# ${title}`);
  try {
    await work();
    sum.passed++;
  } catch (reason) {
    sum.failed++;
    console.error(`FAILED ${title}:`, reason);
  }
};

const count = (report) => {
  sum.passed += report.numPassedTests;
  sum.failed += report.numFailedTests;
  sum.skipped += report.numPendingTests + report.numTodoTests;
  // A file that fails to load has no test that could be counted, and is a failure all the same.
  sum.failed += report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length;
};

const suites = async () => {
  console.log('\n# suites');
  const room = await mkdtemp(join(tmpdir(), 'openaction-test-'));
  const before = sum.failed;
  try {
    const report = join(room, 'report.json');
    const ended = await node(
      'node_modules/vitest/vitest.mjs',
      ...['run', '--config', 'test/vitest.config.ts', '--reporter=default', '--reporter=json'],
      ...[`--outputFile.json=${report}`, ...names],
      // One failure is told already; whoever cannot install a server still wants to know what the other tests say.
      ...(process.env.NATS_SERVER ? [] : ['--project=!e2e on a cluster', '--project=!cluster']),
    );
    count(JSON.parse(await readFile(report, 'utf8')));
    if (ended !== 0 && sum.failed === before) throw new Error(`vitest ended with ${ended} although no test failed`);
  } catch (reason) {
    sum.failed++;
    console.error('FAILED suites:', reason);
  } finally {
    await rm(room, { recursive: true, force: true });
  }
};

if (names.length === 0) {
  await step('types', () => tool('node_modules/typescript/bin/tsc', '-b'));
  // Biome colours even a log file when CI is set.
  const colours = process.stdout.isTTY ? [] : ['--colors=off'];
  await step('lint', () => tool('node_modules/@biomejs/biome/bin/biome', 'ci', '.', ...colours));
  await step('browser', () => {
    process.env.CHROMIUM = ensureChromium();
    console.log(process.env.CHROMIUM);
  });
  await step('nats-server', () => {
    process.env.NATS_SERVER = ensureNats();
    console.log(process.env.NATS_SERVER);
  });
  await step('build', () => tool('build.mjs', '--quiet'));
} else {
  const chromium = findChromium();
  if (chromium) process.env.CHROMIUM = chromium;
  const nats = findNats();
  if (nats) process.env.NATS_SERVER = nats;
  if (await buildIsStale()) await step('build', () => tool('build.mjs', '--quiet', '--no-types'));
}
await suites();

const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
console.log(`\n${sum.passed} passed, ${sum.failed} failed${skipped}`);
process.exitCode = sum.failed > 0 ? 1 : 0;
