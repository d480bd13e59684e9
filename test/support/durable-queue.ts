/** A durable queue with its parts in reach: the journal's store, the database's name, and what it told. */

import { textStore } from '../../src/sdk/platform.ts';
import { createDurableQueue, type DurableQueueNeeds } from '../../src/sdk/queue/durable-queue.ts';
import { openIndexedDbQueue } from '../../src/sdk/queue/indexeddb-queue.ts';
import { journalQueue } from '../../src/sdk/queue/journal-queue.ts';
import type { LossReason } from '../../src/wire/event.ts';

export const durableQueue = (needs: Partial<DurableQueueNeeds> = {}, name = 'durable') => {
  const told: string[] = [];
  const lost: [LossReason, string[]][] = [];
  const hurried: boolean[] = [];
  const clock = { now: 1_000_000 };
  const journal = journalQueue(
    textStore(() => undefined),
    'j:',
  );
  const memory = journalQueue(
    textStore(() => undefined),
    '',
    false,
  );
  const queue = createDurableQueue({
    open: (returned, closed) => openIndexedDbQueue(name, returned, closed),
    journal,
    memory,
    now: () => clock.now,
    lose: (reason, rows) => void lost.push([reason, rows.map(({ eid }) => eid)]),
    tell: (code, about) => void told.push(`${code}: ${about}`),
    onWaiting: (hurry) => void hurried.push(hurry),
    ...needs,
  });
  return { queue, journal: needs.journal ?? journal, memory, told, lost, hurried, clock };
};
