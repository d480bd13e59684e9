/**
 * What every queue of events promises. A driver calls this with a way to make one; what it cannot keep it names, with the reason.
 */
import { expect, test } from 'vitest';
import type { EventQueue } from '../../src/sdk/queue/event-queue.ts';

export interface QueueContract {
  /** A queue over a store of its own, empty. */
  make(): Promise<EventQueue>;
  /** Another queue over the store of the one made last: a second tab, or the same page loaded anew. */
  again?: () => Promise<EventQueue>;
  /** Names of promises that the driver does not make. */
  skip?: { reason: string; tests: string[] }[];
}

export const TWO_TABS = 'two tabs over one store see each other’s rows, and what one acknowledges is gone for both';
export const RELOAD = 'rows are still there, in order, when the page is loaded anew';

export const eventQueueContract = ({ make, again, skip = [] }: QueueContract): void => {
  const promise = (sentence: string, proof: (queue: EventQueue) => Promise<void>): void => {
    const skipped = skip.find(({ tests }) => tests.includes(sentence));
    test.skipIf(skipped)(skipped ? `${sentence} (skipped: ${skipped.reason})` : sentence, async () =>
      proof(await make()),
    );
  };
  const second = async () => {
    if (!again) throw new Error('a driver whose store outlives it says how to open it again');
    return again();
  };
  const eids = async (queue: EventQueue, most = 1000) => (await queue.peek(most)).map(({ eid }) => eid);

  promise('an event is in the queue when append returns', async (queue) => {
    expect(queue.append('a', '{"text":"é漢😀\\ud800"}')).toBe(true);
    expect(await queue.peek(1)).toEqual([{ eid: 'a', text: '{"text":"é漢😀\\ud800"}' }]);
  });

  promise('an empty queue has nothing to show and nothing to count', async (queue) => {
    expect([await queue.peek(10), await queue.count()]).toEqual([[], 0]);
    await queue.acknowledge([]);
  });

  promise(
    'what is dropped is gone, and named where it was there: of two that drop a row, one has dropped it',
    async (queue) => {
      for (const eid of ['a', 'b', 'c']) queue.append(eid, '1');
      const dropped = await Promise.all([queue.drop(['a', 'b']), queue.drop(['b', 'x'])]);
      expect([dropped.flat().sort(), await eids(queue)]).toEqual([['a', 'b'], ['c']]);
    },
  );

  promise('the same id twice is one row', async (queue) => {
    queue.append('a', '1');
    queue.append('a', '1');
    expect([await queue.count(), await eids(queue)]).toEqual([1, ['a']]);
  });

  promise('looking leaves every row where it is', async (queue) => {
    queue.append('a', '1');
    await queue.peek(10);
    expect([await eids(queue), await queue.count()]).toEqual([['a'], 1]);
  });

  promise('the oldest come first, whatever the order of arrival, and no more than asked for', async (queue) => {
    for (const eid of ['m2', 'm4', 'm1', 'm3']) queue.append(eid, eid);
    expect(await eids(queue, 3)).toEqual(['m1', 'm2', 'm3']);
    expect(await queue.count()).toBe(4);
  });

  promise('fifty events of one task are fifty rows', async (queue) => {
    const names = Array.from({ length: 50 }, (_, index) => `e${100 + index}`);
    for (const eid of names) expect(queue.append(eid, 'x')).toBe(true);
    expect(await eids(queue)).toEqual(names);
  });

  promise('an event leaves when its id is acknowledged, and no other with it', async (queue) => {
    for (const eid of ['a', 'b', 'c']) queue.append(eid, eid);
    await queue.acknowledge(['a', 'c']);
    expect(await queue.peek(10)).toEqual([{ eid: 'b', text: 'b' }]);
  });

  promise('acknowledging twice, or an id never seen, is no error', async (queue) => {
    queue.append('a', '1');
    await queue.acknowledge(['a', 'never']);
    await queue.acknowledge(['a']);
    expect(await queue.count()).toBe(0);
  });

  promise('events appended while others are acknowledged stay', async (queue) => {
    queue.append('a', '1');
    const gone = queue.acknowledge(['a']);
    queue.append('b', '2');
    await gone;
    expect(await eids(queue)).toEqual(['b']);
  });

  promise(TWO_TABS, async (queue) => {
    const other = await second();
    queue.append('a', '1');
    other.append('b', '2');
    expect([await eids(queue), await eids(other)]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    await other.acknowledge(['a']);
    expect([await eids(queue), await queue.count()]).toEqual([['b'], 1]);
  });

  promise(RELOAD, async (queue) => {
    queue.append('b', '2');
    queue.append('a', '1');
    const reopened = await second();
    expect(await reopened.peek(10)).toEqual([
      { eid: 'a', text: '1' },
      { eid: 'b', text: '2' },
    ]);
  });
};
