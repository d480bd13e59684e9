/**
 * Where this machine keeps a Chromium, and how it comes by one where there is none. Owns nothing of the tests themselves:
 * they read the path from `CHROMIUM`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** The browser that stands here already, or undefined: `CHROMIUM`, the system's, the one Playwright once installed. */
export const findChromium = () =>
  [process.env.CHROMIUM, '/usr/bin/chromium', chromium.executablePath()].find((path) => path && existsSync(path));

const run = (command, args, env = {}) =>
  execFileSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });

const fromDebian = () => {
  run('apt-get', ['update']);
  run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { DEBIAN_FRONTEND: 'noninteractive' });
};
const fromPlaywright = () =>
  run(process.execPath, ['node_modules/playwright-core/cli.js', 'install', '--no-shell', 'chromium']);

/** As root Debian's package, which brings its libraries along; else, or where that fails, Playwright's own build. */
export const ensureChromium = () => {
  const sources = process.getuid?.() === 0 ? [fromDebian, fromPlaywright] : [fromPlaywright];
  const failures = [];
  for (const install of sources) {
    const found = findChromium();
    if (found) return found;
    try {
      install();
    } catch (cause) {
      failures.push(cause);
    }
  }
  const found = findChromium();
  if (found) return found;
  throw new AggregateError(failures, 'no Chromium here and none could be installed; set CHROMIUM to the path of one');
};
