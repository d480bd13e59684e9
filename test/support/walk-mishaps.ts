/**
 * What goes wrong around a visitor: processes that die, a network with faults, storage that is wiped, a clock that is
 * put. One row each, and how often it happens.
 */
import { aimAtRenderers } from './browser.ts';
import type { Line } from './faulty-line.ts';
import { type Fault, impostors } from './request-faults.ts';
import { machineNow } from './walk.ts';
import { inTab, open, type Step, setClock } from './walk-tabs.ts';

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
};
const lines: Line[] = [
  'silent',
  { delay: 150 },
  { bytesPerSecond: 20_000 },
  { delay: 40, bytesPerSecond: 60_000, loss: 0.1 },
];
const DAY = 86_400_000;
const clocks = [0, -DAY, -3_600_000, 365 * DAY];

export const mishaps: Step[] = [
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
    weight: 10,
    async take(walk) {
      const { world, chance } = walk;
      const [name, fault] = chance.pick(Object.entries(chance.share() < 0.5 ? faults : impostors));
      if (chance.share() < 0.5) world.network.set(fault);
      else world.network.next(fault);
      // Right into it: at another time there may be nothing to send.
      for (const tab of await walk.speaking()) await walk.call(tab, 1);
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
    name: 'everything works',
    weight: 7,
    async take(walk) {
      await walk.heal();
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
      const wiped = await page.evaluate(() => {
        const all = Object.values(localStorage).join();
        localStorage.clear();
        return all;
      });
      for (const called of walk.ledger)
        if (called.origin === origin && wiped.includes(`"${called.name}"`))
          called.doubt ??= 'was in the journal, which was wiped';
      return origin;
    }),
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
