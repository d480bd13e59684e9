/** A flush over a real queue, with a scripted way to send and the wait that failures impose in reach. Needs fake timers. */
import { afterEach, beforeEach, vi } from 'vitest';
import type { Receipt } from '../../src/sdk/api.ts';
import type { IndexedDbQueue } from '../../src/sdk/queue/indexeddb-queue.ts';
import { createFlush, type FlushNeeds } from '../../src/sdk/transport/flush.ts';
import type { Outcome, Send } from '../../src/sdk/transport/send.ts';
import type { Rejection } from '../../src/wire/event.ts';
import { browserEvent } from './batches.ts';
import { durableQueue } from './durable-queue.ts';

/** Time passes only by `pass`, and chance is always a half. */
export const withFlushTimers = (): void => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
};
export const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

export const later: Outcome = { is: 'later', after: Number.NaN, slow: false };
export const asked = (after: number): Outcome => ({ is: 'later', after, slow: false });
export const tooSlow: Outcome = { is: 'later', after: Number.NaN, slow: true };
export const split: Outcome = { is: 'split', code: 'body_too_large', message: 'at most 1 MiB' };
export const stop: Outcome = { is: 'stop', code: 'origin_not_allowed', message: 'not here' };
export const answered = (duplicate: string[] = [], rejected: Rejection[] = []): Outcome => ({
  is: 'answered',
  answer: { batch_id: 'b', request_id: 'r', duplicate, rejected },
});

type Answer = Outcome | ((eids: string[]) => Outcome | Promise<Outcome>);

export const flushing = (needs: Partial<FlushNeeds> = {}, kept = { patience: '' }) => {
  const script: Answer[] = [];
  let usual: Answer = answered();
  const sent: { eids: string[]; leaving: boolean; first: boolean; at: number }[] = [];
  const buried: [string, string, string, string][] = [];
  const receipts: Receipt[] = [];
  const told: string[] = [];
  const stopped: string[] = [];
  const began = Date.now();

  const send: Send = async (batch, leaving, first) => {
    const eids = batch.events.map(({ eid }) => eid);
    sent.push({ eids, leaving, first, at: Date.now() - began });
    const answer = script.shift() ?? usual;
    return typeof answer === 'function' ? answer(eids) : answer;
  };
  const { queue } = durableQueue({
    // A database that never opens: rows wait in the journal and in memory, and every step is a microtask.
    open: () => new Promise<IndexedDbQueue>(() => {}),
    onWaiting: (hurry) => flush.soon(hurry),
  });
  const flush = createFlush({
    queue,
    send,
    turn: {
      take: async (work) => {
        await work();
        return true;
      },
      giveBack: () => {},
    },
    now: () => Date.now(),
    context: () => ({
      batch_id: 'b',
      label_key: 'label',
      device_id: 'device-1',
      sent_at: 0,
      hashes: {},
      losses: {},
      pages: [],
    }),
    onAnswered: () => {},
    onReceipts: (more) => void receipts.push(...more),
    patience: () => kept.patience,
    keep: (patience) => {
      kept.patience = patience;
    },
    bury: (...letter) => void buried.push(letter),
    onStopped: (code) => void stopped.push(code),
    tell: (code, about) => void told.push(`${code}: ${about}`),
    ...needs,
  });
  return {
    flush,
    queue,
    sent,
    buried,
    receipts,
    told,
    stopped,
    /** How the next requests end; those after them as usual. */
    next: (...answers: Answer[]) => void script.push(...answers),
    always: (answer: Answer) => {
      usual = answer;
    },
    /** Events captured now; their ids. */
    capture: (events = 1, payload: object = { client_action: 'click' }) =>
      Array.from({ length: events }, () => {
        const event = browserEvent({ payload });
        queue.append(event.eid, JSON.stringify(event));
        return event.eid;
      }),
    /** When each request left, in milliseconds since the start. */
    moments: () => sent.map(({ at }) => at),
  };
};
