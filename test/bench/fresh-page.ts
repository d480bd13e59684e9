/**
 * Pages in a real Chromium, each in a browser profile of its own, so that no cache and no queue is left from the
 * measurement before.
 */
import { type Browser, chromium, type Page } from 'playwright-core';

export interface Scene {
  browser: Browser;
  /** Where the page that is measured stands. */
  page: { url: string };
  collector: string;
}

const args = [
  ...['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
  ...['--no-sandbox', '--disable-gpu', '--disable-sync'],
];

export const launchChromium = (): Promise<Browser> => {
  const executablePath = process.env.CHROMIUM;
  if (!executablePath) throw new Error('no Chromium on this machine; set CHROMIUM to the path of one');
  return chromium.launch({ executablePath, args });
};

const patienceMs = 90_000;

/** Does one measurement on a page; one that never ends is told, not waited for. */
export const onPage = async <T>(
  { browser, page }: Pick<Scene, 'browser' | 'page'>,
  what: string,
  work: (page: Page) => Promise<T>,
): Promise<T> => {
  const context = await browser.newContext();
  let timer: NodeJS.Timeout | undefined;
  try {
    const tab = await context.newPage();
    tab.on('pageerror', (cause) => console.error('in the page:', cause));
    await tab.goto(page.url);
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what}: nothing after ${patienceMs / 1000} s`)), patienceMs);
    });
    return await Promise.race([work(tab), patience]);
  } finally {
    clearTimeout(timer);
    await context.close();
  }
};

/** The page's processor is this many times slower from now on. */
export const slowDown = async (tab: Page, times: number): Promise<void> => {
  const devtools = await tab.context().newCDPSession(tab);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: times });
};

/** Milliseconds that the page's main thread has worked so far, by the browser's own account. */
export const workMeter = async (tab: Page, what: 'TaskDuration' | 'ScriptDuration'): Promise<() => Promise<number>> => {
  const devtools = await tab.context().newCDPSession(tab);
  await devtools.send('Performance.enable');
  return async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === what)?.value ?? Number.NaN) * 1000;
  };
};
