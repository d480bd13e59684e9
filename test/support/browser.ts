/**
 * The real browser: Chromium as it comes, with storage partitioning, the back-forward cache and the throttling of tabs in
 * the background left on (Playwright turns them all off), and the deaths it can die.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

export interface BrowserStart {
  /** `false`: a page that is left is gone for good, as on a phone short of memory. */
  bfcache?: boolean;
  /** Names that resolve to these addresses. */
  hosts?: Record<string, string>;
  /** Seconds in the background after which a tab's timers run once a minute; 300 as it comes. */
  throttledAfter?: number;
}

/** The visitor lets this host keep nothing (`*`: nor any other), framed or not: settings of a profile that nothing has opened yet. */
export const refuseSiteData = async (directory: string, host: string): Promise<void> => {
  const refused = { setting: 2 };
  const profile =
    host === '*'
      ? { default_content_setting_values: { cookies: refused.setting } }
      : { content_settings: { exceptions: { cookies: { [`${host},*`]: refused } } } };
  await mkdir(join(directory, 'Default'), { recursive: true });
  await writeFile(join(directory, 'Default', 'Preferences'), JSON.stringify({ profile }));
};

/** What Playwright adds to every start, and no visitor's browser has. */
const playwrightsOwn = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The last one counts: without it Playwright's own list stands, which turns storage partitioning off.
  '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,MediaRouter,OptimizationHints',
];

const options = ({ bfcache = true, hosts = {}, throttledAfter }: BrowserStart) => ({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    ...quiet,
    `--host-resolver-rules=${Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`)}`,
    ...(throttledAfter === undefined
      ? []
      : [`--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/${throttledAfter}`]),
  ],
  ignoreDefaultArgs: [...playwrightsOwn, ...(bfcache ? ['--disable-back-forward-cache'] : [])],
});

export const openBrowser = (start: BrowserStart = {}): Promise<Browser> => chromium.launch(options(start));

/** A browser whose profile is on disk: what it stored is there when it is opened again. */
export const openProfile = (directory: string, start: BrowserStart = {}): Promise<BrowserContext> =>
  chromium.launchPersistentContext(directory, options(start));

const unless =
  (gone: RegExp) =>
  async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (cause) {
      if (!gone.test(String(cause))) throw cause;
    }
  };
/** What closes its own page may not be reported back any more. */
export const orClosed = unless(/closed/);
/** Nor may what leads its own frame elsewhere, or takes it out of the page. */
export const orLeft = unless(/navigation|detached/);

/** What the SDK draws, it draws where the page cannot look; from now on a test can. */
export const openShadows = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function (init) {
      return attachShadow.call(this, { ...init, mode: 'open' });
    };
  });

export interface BrowserWindow {
  context: BrowserContext;
  close(): Promise<void>;
  /** With everything that it started, and without a word; resolves when nothing of it is left. */
  kill(): Promise<void>;
}

/**
 * One window whose tabs hide one another, as a visitor's do: Playwright makes every page that it opens believe that it is
 * in front, and a page in front cannot be frozen.
 */
export const openWindow = async (directory: string, start: BrowserStart = {}): Promise<BrowserWindow> => {
  const { executablePath, args } = options(start);
  const own = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${directory}`, 'about:blank'];
  const child = spawn(executablePath, [...args, ...own], { stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once('close', (code) => reject(new Error(`the browser ended with ${code}:\n${said}`)));
  });
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  return {
    context: browser.contexts()[0]!,
    async close() {
      const ended = once(child, 'close');
      const devtools = await browser.newBrowserCDPSession();
      await Promise.all([ended, devtools.send('Browser.close')]);
    },
    async kill() {
      const ended = once(child, 'close');
      killBrowser(directory);
      await ended;
    },
  };
};

interface Process {
  pid: number;
  parent: number;
  command: string;
}

const processes = (): Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return [{ pid: Number(name), parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]), command }];
      } catch {
        return []; // it ended between the two looks
      }
    });

/** Kills the browser of a profile and everything it started, as the system does when it is short of memory. */
export const killBrowser = (directory: string): void => {
  const all = processes();
  const doomed = all.filter(({ command }) => command.includes(`--user-data-dir=${directory}\0`)).map(({ pid }) => pid);
  if (!doomed.length) throw new Error(`no browser has the profile ${directory}`);
  for (const pid of doomed)
    doomed.push(
      ...all.filter(({ parent, pid: child }) => parent === pid && !doomed.includes(child)).map((one) => one.pid),
    );
  for (const pid of doomed) killNow(pid);
};

/**
 * Takes aim at every renderer of the page's browser, so that the kill itself takes no time. The pages crash, the browser
 * goes on. The kill resolves when the browser has noticed: until then it would put a new page into a dead one.
 */
export const aimAtRenderers = async (page: Page): Promise<() => Promise<void>> => {
  const devtools = await page.context().browser()!.newBrowserCDPSession();
  const renderers = async (): Promise<number[]> =>
    (await devtools.send('SystemInfo.getProcessInfo')).processInfo
      .filter(({ type }) => type === 'renderer')
      .map(({ id }) => id);
  const doomed = await renderers();
  return async () => {
    for (const pid of doomed) killNow(pid);
    while ((await renderers()).some((pid) => doomed.includes(pid)));
    await devtools.detach();
  };
};

export const killRenderers = async (page: Page): Promise<void> => (await aimAtRenderers(page))();

const killNow = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'ESRCH') throw cause; // its parent's end was its own
  }
};
