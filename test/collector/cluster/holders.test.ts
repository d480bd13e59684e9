/** Of the collectors that are there each label has one that holds it, and another soon after that one is gone. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseClusterAddress } from '../../../src/collector/cluster/address.ts';
import { type Cluster, connectTo } from '../../../src/collector/cluster/connection.ts';
import { createHolding, type Times } from '../../../src/collector/cluster/holding/holders.ts';
import { shouldHold } from '../../../src/collector/cluster/holding/rendezvous.ts';
import { type Names, namesOf } from '../../../src/collector/cluster/names.ts';
import { setUp } from '../../../src/collector/cluster/setup.ts';
import type { Holding } from '../../../src/collector/following/holding.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';

/** A fifth of what a collector takes. */
const times: Times = { beatMs: 200, giveUpMs: 800, lastsMs: 1_200 };
const labels = ['casino', 'poker', 'bingo', 'a label: with "marks"', 'lotto', 'darts'];

let nats: NatsServers;
let cluster: Cluster;
let names: Names;
let worlds = 0;
beforeAll(async () => {
  nats = await startNats();
  const parsed = parseClusterAddress(nats.store());
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  cluster = await connectTo(parsed.address);
});
afterAll(async () => {
  await cluster.connection.close();
  await nats.stop();
});
beforeEach(async () => {
  names = namesOf(`world-${++worlds}`);
  await setUp(cluster, names, 1);
  const { config } = await cluster.manager.streams.info(`KV_${names.holders}`);
  await cluster.manager.streams.update(config.name, {
    ...config,
    max_age: times.lastsMs * 1e6,
    duplicate_window: 1e8,
  });
});

interface Collector {
  id: string;
  holding: Holding;
  /** Labels that are followed there, as it was told. */
  follows: Set<string>;
  /** In the order of what happened to them. */
  told: string[];
  /** It is cut off or frozen as long as this is set: none of its words leave. */
  isCutOff: boolean;
  /** How long it takes then to be sure that nobody answers. */
  silenceMs: number;
  /** What it still does before a label is left. */
  finish: () => Promise<void>;
  level: () => Promise<void>;
}
let collectors: Collector[] = [];
const collector = (id: string, more: Partial<Collector> = {}): Collector => {
  const one: Collector = {
    id,
    follows: new Set(),
    told: [],
    isCutOff: false,
    silenceMs: 0,
    finish: async () => {},
    level: async () => {},
    ...more,
    holding: createHolding({
      cluster: {
        ...cluster,
        jetstream: new Proxy(cluster.jetstream, {
          get: (target, verb) =>
            verb === 'publish' && one.isCutOff
              ? () => pause(one.silenceMs).then(() => Promise.reject(new Error('timeout')))
              : Reflect.get(target, verb, target),
        }),
      },
      names,
      id,
      times,
      level: () => one.level(),
      logger: { info: () => {}, warn: () => {} },
    }),
  };
  one.holding.begin({
    take(label) {
      one.follows.add(label);
      one.told.push(`take ${label}`);
    },
    async leave(label) {
      await one.finish();
      one.follows.delete(label);
      one.told.push(`leave ${label}`);
    },
  });
  collectors.push(one);
  return one;
};
const join = (id: string, more: Partial<Collector> = {}): Collector => {
  const one = collector(id, more);
  one.holding.want(labels);
  return one;
};
afterEach(async () => {
  await Promise.all(collectors.map(({ holding }) => holding.close()));
  collectors = [];
});

const holdersOf = (label: string): string[] =>
  collectors.filter(({ holding, follows }) => holding.isHeld(label) && follows.has(label)).map(({ id }) => id);
const spread = (): Record<string, string[]> => Object.fromEntries(labels.map((label) => [label, holdersOf(label)]));
const asAgreed = (...ids: string[]): Record<string, string[]> =>
  Object.fromEntries(labels.map((label) => [label, [shouldHold(label, ids)!]]));
const settledAmong = (...ids: string[]): Promise<unknown> =>
  until(() => JSON.stringify(spread()) === JSON.stringify(asAgreed(...ids)));

/** So many words more are in the bucket. */
const words = async (many: number): Promise<void> => {
  const last = async (): Promise<number> => (await cluster.manager.streams.info(`KV_${names.holders}`)).state.last_seq;
  const before = await last();
  await until(async () => (await last()) >= before + many);
};

test('one that is alone holds every label', async () => {
  join('one');
  await settledAmong('one');
});

test('several share the labels, and agree on who holds which', async () => {
  join('one');
  join('two');
  join('three');
  await settledAmong('one', 'two', 'three');
  expect(new Set(Object.values(spread()).flat()).size).toBeGreaterThan(1);
});

test('one that comes later is left its labels when what is under way of them is stored', async () => {
  const stored: string[] = [];
  const first = join('one', {
    finish: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      stored.push(...collectors.slice(1).flatMap(({ follows }) => [...follows]));
    },
  });
  await settledAmong('one');
  const second = join('two');
  await settledAmong('one', 'two');
  expect(
    first.told
      .filter((what) => what.startsWith('leave'))
      .map((what) => what.slice(6))
      .sort(),
  ).toEqual([...second.follows].sort());
  expect(stored.filter((label) => first.told.indexOf(`leave ${label}`) < 0)).toEqual([]);
});

test('one that ends lets go of its labels, and the others have them at once', async () => {
  const first = join('one');
  join('two');
  await settledAmong('one', 'two');
  await first.holding.close();
  expect(first.follows.size).toBe(0);
  collectors.shift();
  await settledAmong('two');
});

test('one that is cut off holds nothing before another does, and has its labels again when it is back', async () => {
  const first = join('one');
  join('two');
  await settledAmong('one', 'two');
  first.isCutOff = true;
  let most = 0;
  await until(() => {
    most = Math.max(most, ...labels.map((label) => holdersOf(label).length));
    return JSON.stringify(spread()) === JSON.stringify(asAgreed('two'));
  });
  expect([most, first.follows.size]).toEqual([1, 0]);
  first.isCutOff = false;
  await settledAmong('one', 'two');
});

test('one that was frozen knows that it holds nothing before it does anything', async () => {
  let passed = 0;
  const holding = createHolding({
    cluster,
    names,
    level: async () => {},
    logger: { info: () => {}, warn: () => {} },
    times,
    passed: () => passed,
  });
  holding.begin({ take: () => {}, leave: async () => {} });
  holding.want(['casino']);
  await until(() => holding.isHeld('casino'));
  passed += times.giveUpMs;
  expect(holding.isHeld('casino')).toBe(false);
  await until(() => holding.isHeld('casino'));
  await holding.close();
});

const arrival = () => {
  let arrive = (): void => {};
  const level = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  return { level, arrive };
};

test('one whose copies are far behind is not there yet', async () => {
  const { level, arrive } = arrival();
  const first = join('one');
  await settledAmong('one');
  const second = join('two', { level: () => level });
  await words(3 * labels.length);
  expect([first.follows.size, second.follows.size]).toEqual([labels.length, 0]);
  arrive();
  await settledAmong('one', 'two');
});

test('a label is followed when what others stored until it was left is here, and not before', async () => {
  const { level, arrive } = arrival();
  const first = join('one');
  await settledAmong('one');
  let asked = 0;
  const second = join('two', { level: () => (asked++ === 0 ? Promise.resolve() : level) });
  await until(() => asked > 1);
  await words(3 * labels.length);
  expect(first.follows.size).toBeLessThan(labels.length);
  expect([second.told, labels.filter(second.holding.isHeld)]).toEqual([[], []]);
  arrive();
  await settledAmong('one', 'two');
});

test('a label that a collector’s config does not have is held by one whose config does', async () => {
  join('one');
  join('two');
  await settledAmong('one', 'two');
  const third = collector('three');
  third.holding.want(['three alone']);
  await until(() => third.holding.isHeld('three alone'));
  third.holding.want([]);
  await until(() => third.told.includes('leave three alone'));
  expect(spread()).toEqual(asAgreed('one', 'two'));
});

test('a word in the bucket that is no collector’s holds up nobody', async () => {
  await cluster.jetstream.publish(`$KV.${names.holders}.held.casino`, 'not JSON');
  await cluster.jetstream.publish(`$KV.${names.holders}.else`, '{}');
  join('one');
  await settledAmong('one');
});

test('one that is asked to end while no server answers ends', async () => {
  const one = join('one', { silenceMs: 700 });
  await settledAmong('one');
  one.isCutOff = true;
  await one.holding.close();
  expect(one.follows.size).toBe(0);
});
