/**
 * What every test of delivery stands on: a world of its own for each file, and a label of its own for each test. The
 * ledger is the test's own list of names, kept outside everything under test: the name of an action is the event's
 * identity here.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, inject } from 'vitest';
import {
  flush,
  type Label,
  type LabelExtra,
  nameOf,
  ownWords,
  type RunningWorld,
  startWorld,
  type World,
} from './delivery-world.ts';
import { newWorldAt } from './nats-world.ts';

export {
  act,
  databaseOpen,
  flush,
  type Label,
  type LabelExtra,
  nameOf,
  openReady,
  type PageParts,
  saidByPage,
  type World,
} from './delivery-world.ts';

/**
 * Call at the top of a test file; what it returns is complete once the tests run. The project of the tests says what the
 * collector keeps events in: a cluster, or a file.
 */
export const deliveryWorld = (extra: LabelExtra = {}): World => {
  const place = inject('nats');
  const onServers = place && newWorldAt(place);
  let world: RunningWorld;
  beforeAll(async () => {
    world = await startWorld(extra, onServers?.store);
  });
  afterAll(async () => {
    await world?.close();
    await onServers?.remove();
  });
  beforeEach(() => world.renew());
  return {
    get collector() {
      return world.collector;
    },
    get store() {
      return world.store;
    },
    get pages() {
      return world.pages;
    },
    get network() {
      return world.network;
    },
    get label() {
      return world.label;
    },
    get otherLabel() {
      return world.otherLabel;
    },
    tag: (attributes) => world.tag(attributes),
    page: (parts) => world.page(parts),
  };
};

/** What a page is told of an event that the collector has already. A cluster may only know later that it is no new one. */
export const cameAgain = ({ store }: World): unknown =>
  store === 'sqlite' ? 'duplicate' : expect.stringMatching(/^(duplicate|stored)$/);

/** Sends what waits on this page's device, until nothing does. */
export const sendAll = (page: Page): Promise<void> => expect.poll(async () => (await flush(page)).pending).toBe(0);

/** Every name of the ledger arrives, once, and nothing else does but what is said without the page. */
export const expectDelivered = (label: Label, ledger: string[]): Promise<void> =>
  expect
    .poll(async () =>
      (await label.events())
        .map(nameOf)
        .filter((name) => !ownWords.has(name) || ledger.includes(name))
        .sort(),
    )
    .toEqual([...ledger].sort());
