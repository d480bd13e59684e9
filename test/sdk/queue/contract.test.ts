import { describe } from 'vitest';
import { textStore } from '../../../src/sdk/platform.ts';
import type { EventQueue } from '../../../src/sdk/queue/event-queue.ts';
import { openIndexedDbQueue } from '../../../src/sdk/queue/indexeddb-queue.ts';
import { journalQueue } from '../../../src/sdk/queue/journal-queue.ts';
import { eventQueueContract, RELOAD, TWO_TABS } from '../../contracts/event-queue.ts';
import { durableQueue } from '../../support/durable-queue.ts';
import { freshIndexedDb } from '../../support/indexeddb.ts';
import { until } from '../../support/until.ts';

/** A localStorage: texts by key, shared by every tab of the origin. */
let origin: Storage;
const freshOrigin = () => {
  origin = Object.create(null);
};

describe('the journal, over localStorage', () => {
  const again = async () =>
    journalQueue(
      textStore(() => origin),
      '_smartico:label:q:',
    );
  eventQueueContract({
    make: async () => {
      freshOrigin();
      origin.cart = 'the page’s own';
      return again();
    },
    again,
  });
});

describe('memory', () => {
  eventQueueContract({
    make: async () =>
      journalQueue(
        textStore(() => undefined),
        '',
        false,
      ),
    skip: [{ reason: 'it lasts as long as its document', tests: [TWO_TABS, RELOAD] }],
  });
});

describe('IndexedDB', () => {
  const again = () =>
    openIndexedDbQueue(
      'contract',
      () => {
        throw new Error('no transaction is aborted here');
      },
      () => {
        throw new Error('nobody closes it here');
      },
    );
  eventQueueContract({
    make: () => {
      freshIndexedDb();
      freshOrigin();
      return again();
    },
    again,
  });
});

describe('the durable queue made of them', () => {
  const again = async (): Promise<EventQueue> => {
    const { queue, hurried } = durableQueue({
      journal: journalQueue(
        textStore(() => origin),
        'j:',
      ),
    });
    await until(() => hurried.length);
    return {
      ...queue,
      append(eid, text) {
        queue.append(eid, text);
        return true;
      },
    };
  };
  eventQueueContract({
    make: () => {
      freshIndexedDb();
      freshOrigin();
      return again();
    },
    again,
  });
});
