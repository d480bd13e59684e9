/**
 * What can happen to a visitor: one row a step, how often it is taken beside the others, and when it cannot be.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { aimAtRenderers } from './browser.ts';
import type { Line } from './faulty-line.ts';
import { type Fault, impostors } from './request-faults.ts';
import { machineNow, type Tab, type Walk } from './walk.ts';

interface Step {
  name: string;
  weight: number;
  /** Takes the step and says what it was, or `undefined` where there is nothing to take it with. */
  take(walk: Walk): Promise<string | undefined>;
}

const faults: Record<string, Fault> = {
  cut: 'cut',
  'answer lost': 'answer lost',
  'answer held': 'answer held',
  'half an answer': 'half an answer',
  replayed: 'replayed',
  'bits flipped': 'bits flipped',
  truncated: 'truncated',
  'answer of another batch': 'answer of another batch',
  'other batch_id': 'other batch_id',
  'too many requests': { status: 429, headers: { 'retry-after': '1' } },
  'no service': { status: 503, headers: { 'retry-after': '1' } },
  ...impostors,
};
const lines: Line[] = [
  'silent',
  { delay: 150 },
  { bytesPerSecond: 20_000 },
  { delay: 40, bytesPerSecond: 60_000, loss: 0.1 },
];
const DAY = 86_400_000;
const clocks = [0, -DAY, -3_600_000, 365 * DAY];
/** How long a browser that is told to go somewhere is waited for: offline it may stay where it is. */
const JOURNEY = 1_000;

/** The browser was on its way, and came there or to its own page about why not. */
const journey = async (page: Page, go: Promise<unknown>): Promise<void> => {
  try {
    await go;
  } catch (cause) {
    if (!/net::ERR|Timeout|interrupted by another navigation|frame was detached/.test(String(cause))) throw cause;
  }
  // Now and then the script is not there, or waits for the network for long: who looks on does not.
  await page.waitForFunction(() => 'walker' in window, null, { polling: 20, timeout: 300 }).catch(() => undefined);
};

const open = async (walk: Walk, url = walk.home()): Promise<Tab> => {
  const page = await walk.browser.context.newPage();
  const tab: Tab = { page, is: 'awake' };
  walk.tabs.push(tab);
  await journey(page, page.goto(url, { waitUntil: 'commit', timeout: JOURNEY }));
  return tab;
};
/** Does it with a tab that can be called, if there is one. */
const inTab =
  (deed: (walk: Walk, tab: Tab) => Promise<string>) =>
  async (walk: Walk): Promise<string | undefined> => {
    const tabs = await walk.speaking();
    return tabs.length ? deed(walk, walk.chance.pick(tabs)) : undefined;
  };
const actAndGo = (target: (walk: Walk, here: string) => string) =>
  inTab(async (walk, tab) => {
    const go = target(walk, new URL(tab.page.url()).origin);
    const there = tab.page.waitForEvent('framenavigated', { timeout: JOURNEY });
    await Promise.all([journey(tab.page, there), walk.call(tab, walk.chance.whole(1, 4), { go })]);
    return go;
  });
const forget = (walk: Walk, tab: Tab): void => {
  walk.tabs = walk.tabs.filter((other) => other !== tab);
};

const steps: Step[] = [
  {
    name: 'act',
    weight: 20,
    take: inTab(async (walk, tab) => {
      await walk.call(tab, 1);
      return tab.page.url();
    }),
  },
  {
    name: 'burst',
    weight: 6,
    take: inTab(async (walk, tab) => {
      const count = walk.chance.whole(5, 60);
      await walk.call(tab, count);
      return `of ${count}`;
    }),
  },
  { name: 'act and go on', weight: 6, take: actAndGo((walk, here) => walk.home(here)) },
  {
    name: 'act and go to the other origin',
    weight: 5,
    take: actAndGo((walk, here) => walk.home(walk.origins.find((origin) => origin !== here))),
  },
  { name: 'act and go elsewhere', weight: 5, take: actAndGo((walk) => walk.away()) },
  {
    name: 'go back',
    weight: 5,
    async take(walk) {
      const awake = walk.tabs.filter(({ is }) => is === 'awake');
      if (!awake.length) return undefined;
      const { page } = walk.chance.pick(awake);
      await journey(page, page.goBack({ waitUntil: 'commit', timeout: JOURNEY }));
      return page.url();
    },
  },
  { name: 'open a tab', weight: 4, take: async (walk) => (await open(walk)).page.url() },
  {
    name: 'act and close',
    weight: 4,
    take: inTab(async (walk, tab) => {
      await walk.call(tab, walk.chance.whole(1, 3));
      await tab.page.close();
      forget(walk, tab);
      return '';
    }),
  },
  {
    name: 'turn to a tab',
    weight: 3,
    async take({ tabs, chance, shift }) {
      if (!tabs.length) return undefined;
      const tab = chance.pick(tabs);
      await tab.page.bringToFront();
      if (tab.is === 'frozen') {
        tab.is = 'awake';
        const devtools = await tab.page.context().newCDPSession(tab.page);
        await devtools.send('Page.setWebLifecycleState', { state: 'active' });
        await setClock(tab.page, shift);
      }
      return tab.page.url();
    },
  },
  {
    name: 'freeze the tabs behind',
    weight: 2,
    async take(walk) {
      const behind = walk.tabs.filter(({ is }) => is === 'awake');
      const front = await open(walk, walk.away());
      await front.page.bringToFront();
      for (const tab of behind) {
        const devtools = await walk.browser.context.newCDPSession(tab.page);
        await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
        tab.is = 'frozen';
      }
      return `${behind.length}`;
    },
  },
  {
    name: 'kill the renderers',
    weight: 2,
    async take(walk) {
      const all = walk.browser.context.pages();
      if (!all[0]) return undefined;
      const kill = await aimAtRenderers(all[0]);
      walk.doubt('renderer', machineNow());
      await kill();
      walk.tabs = [];
      // First, since a browser may end with its last page.
      await open(walk);
      for (const page of all) await page.close();
      return `of ${all.length} pages`;
    },
  },
  {
    name: 'kill the browser',
    weight: 1,
    async take(walk) {
      walk.doubt('browser', machineNow());
      await walk.browser.kill();
      walk.tabs = [];
      await walk.reopen();
      return '';
    },
  },
  {
    name: 'a fault of requests',
    weight: 6,
    async take({ world, chance }) {
      const name = chance.pick(Object.keys(faults));
      if (chance.share() < 0.5) world.network.set(faults[name]!);
      else world.network.next(faults[name]!);
      return name;
    },
  },
  {
    name: 'a fault of the line',
    weight: 3,
    async take({ world, chance }) {
      const line = chance.pick(lines);
      world.network.setLine(line);
      return JSON.stringify(line);
    },
  },
  {
    name: 'a network that works',
    weight: 4,
    async take({ world }) {
      world.network.heal();
      return '';
    },
  },
  {
    name: 'offline or online',
    weight: 3,
    async take(walk) {
      walk.network = walk.network === 'on' ? 'offline' : 'on';
      await walk.browser.context.setOffline(walk.network === 'offline');
      return walk.network;
    },
  },
  {
    name: 'the collector is killed or comes back',
    weight: 3,
    async take(walk) {
      if (walk.collector === 'up') {
        const signal = walk.chance.pick(['SIGKILL', 'SIGTERM'] as const);
        await walk.world.collector.kill(signal);
        walk.collector = 'down';
        return signal;
      }
      await walk.world.collector.restart();
      walk.collector = 'up';
      return 'is back';
    },
  },
  {
    name: 'wipe localStorage',
    weight: 1,
    take: inTab(async (walk, { page }) => {
      const { origin } = new URL(page.url());
      await page.evaluate(() => localStorage.clear());
      for (const called of walk.ledger)
        if (called.origin === origin && !called.database) called.doubt ??= 'was in the journal that was wiped';
      return origin;
    }),
  },
  {
    name: 'another user',
    weight: 3,
    async take(walk) {
      walk.user = walk.chance.pick(['ann', 'bob', 'carl']);
      for (const { page } of await walk.speaking())
        await walk.ask(page, (user) => Object.assign(window, { _smartico_user_id: user }) && undefined, walk.user);
      return walk.user;
    },
  },
  {
    name: 'another clock',
    weight: 2,
    async take(walk) {
      walk.shift = walk.chance.pick(clocks);
      for (const { page } of await walk.speaking()) await setClock(page, walk.shift);
      return `${walk.shift / 3_600_000} h`;
    },
  },
];
const setClock = (page: Page, shift: number): Promise<void> =>
  page.evaluate((by) => {
    const { walker } = window as unknown as { walker?: { shift: number } };
    if (walker) walker.shift = by;
  }, shift);

const often = steps.flatMap((step) => Array.from({ length: step.weight }, () => step));

/** Takes one step, or opens a tab where there is none to take it with, and lets a moment pass, or none. */
export const takeStep = async (walk: Walk): Promise<void> => {
  const { chance } = walk;
  const step = chance.pick(often);
  const said = await step.take(walk);
  walk.steps.push(said === undefined ? `a first tab ${(await open(walk)).page.url()}` : `${step.name} ${said}`.trim());
  if (chance.share() < 0.5) await pause(chance.whole(0, 300));
};
