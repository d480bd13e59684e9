/**
 * What a visitor does: one row a step, and how often it is taken beside the others and beside what goes wrong meanwhile.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Tab, Walk } from './walk.ts';
import { mishaps } from './walk-mishaps.ts';
import { inTab, JOURNEY, journey, looked, open, type Step, setClock } from './walk-tabs.ts';

const actAndGo = (target: (walk: Walk, here: string) => string) =>
  inTab(async (walk, tab) => {
    const go = target(walk, new URL(tab.page.url()).origin);
    const there = tab.page.waitForEvent('framenavigated', { timeout: JOURNEY });
    await Promise.all([journey(tab.page, there), walk.call(tab, walk.chance.whole(1, 4), go)]);
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
    name: 'open a tab that acts while it loads',
    weight: 5,
    async take(walk) {
      const names = walk.names(walk.chance.whole(1, 5));
      const url = `${walk.home()}&calls=${names}`;
      const tab = await open(walk, url);
      await looked(tab.page, () => !!(window as unknown as { walker?: { early?: object } }).walker?.early);
      await walk.heard(tab, names, new URL(url).origin);
      return url;
    },
  },
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
    name: 'another user',
    weight: 3,
    async take(walk) {
      walk.user = walk.chance.pick(['ann', 'bob', 'carl']);
      for (const { page } of await walk.speaking())
        await walk.ask(page, (user) => Object.assign(window, { _smartico_user_id: user }) && undefined, walk.user);
      return walk.user;
    },
  },
];

/**
 * Takes one step, or opens a tab where there is none to take it with, and lets a moment pass, or none.
 * @param more what can go wrong beside the usual
 */
export const stepsWith = (more: Step[] = []): ((walk: Walk) => Promise<void>) => {
  const often = [...steps, ...mishaps, ...more].flatMap((step) => Array.from({ length: step.weight }, () => step));
  return async (walk) => {
    const { chance } = walk;
    const step = chance.pick(often);
    walk.steps.push(step.name);
    const said = await step.take(walk);
    walk.steps.push(
      said === undefined ? `  none to take it with: a tab ${(await open(walk)).page.url()}` : `  ${said}`,
    );
    if (chance.share() < 0.5) await pause(chance.whole(0, 300));
  };
};
