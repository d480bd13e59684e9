/**
 * When events travel: the first of a quiet period at once, then a second after the last send began, with patience after
 * a failure, and with the page's last breath when it leaves. Peeks, sends, acknowledges: an event leaves the queue only
 * when a receipt names it. How a request travels is `send.ts`; who may send is `turn.ts`.
 */
import type { Batch } from '../../wire/event.ts';
import type { DeadLetter, FlushCounts, Receipt } from '../api.ts';
import type { Lose } from '../losses.ts';
import type { Tell } from '../notice.ts';
import type { DurableQueue } from '../queue/durable-queue.ts';
import { fitting, readRow } from '../queue/event-queue.ts';
import { backoff } from './backoff.ts';
import { batchOf, hear, letterOf, type Readable, readable } from './batch.ts';
import { type Outcome, type Send, WIRE } from './send.ts';
import type { Turn } from './turn.ts';

const PAUSE = 1_000;
const BATCH = { events: 500, characters: typeof CompressionStream === 'function' ? 256_000 : WIRE };

type State =
  | { at: 'idle' }
  | { at: 'waiting'; timer: ReturnType<typeof setTimeout> }
  | { at: 'sending'; done: Promise<void>; again: boolean }
  /** The key or the origin is wrong: nothing is sent until the page is loaded anew. */
  | { at: 'stopped' };

/** The wait that a failure imposes. It survives a reload; `asked` is the collector's own wish, which nothing shortens. */
interface Patience {
  until: number;
  attempt: number;
  asked: boolean;
}

export interface FlushNeeds {
  queue: DurableQueue;
  send: Send;
  turn: Turn;
  now(): number;
  chance(): number;
  /** Everything in a batch but its events. */
  about(): Omit<Batch, 'events' | 'hashes'>;
  /** The collector answered a batch that said this. */
  onAnswered(about: Omit<Batch, 'events' | 'hashes'>): void;
  onReceipts(receipts: Receipt[]): void;
  patience: { read(): string | null; keep(text: string | null): void };
  lose: Lose;
  tell: Tell;
}

export interface Flush {
  /** Something waits. `hurry`: nothing but memory keeps it, so the pause between two sends does not apply. */
  soon(hurry?: boolean): void;
  /** Sends now; resolves when all that waited has been tried. */
  now(): Promise<FlushCounts>;
  /** The page is hidden or leaves: everything at hand goes in one request that outlives it. */
  leave(): void;
  /** The network is back. */
  online(): void;
  stop(): void;
}

type Counts = Omit<FlushCounts, 'pending'>;

export const createFlush = (needs: FlushNeeds): Flush => {
  const { queue, send, turn, now, chance, about, onAnswered, onReceipts, patience, lose, tell } = needs;
  let state: State = { at: 'idle' };
  let began = Number.NEGATIVE_INFINITY;
  let most = BATCH.events;
  const leaving = new Set<string>();

  const impatience = (): Patience => {
    const [until = 0, attempt = 0, asked = 0] = (patience.read() ?? '').split(' ').map(Number);
    return { until: until || 0, attempt, asked: asked === 1 };
  };
  const waitFor = ({ until, attempt, asked }: Patience) => patience.keep(`${until} ${attempt} ${asked ? 1 : 0}`);

  const settle = async (rows: Readable[], outcome: Outcome, counts: Counts): Promise<boolean> => {
    const bury = (letters: DeadLetter[], receipts: Receipt[]) => {
      onReceipts(receipts);
      return queue.acknowledge(
        rows.map(({ eid }) => eid),
        letters,
      );
    };
    switch (outcome.is) {
      case 'answered': {
        patience.keep(null);
        most = Math.min(BATCH.events, most * 2);
        const { receipts, letters } = hear(rows, outcome.answer, now());
        for (const { verdict } of receipts) counts[verdict]++;
        for (const { code, message } of letters)
          tell('event_rejected', `The collector rejected an event: ${message} (${code}). See _smartico.receipts().`, {
            key: code,
          });
        await bury(letters, receipts);
        return true;
      }
      case 'later': {
        const attempt = impatience().attempt + 1;
        const asked = outcome.after !== undefined;
        waitFor({ until: now() + (outcome.after ?? backoff(attempt, chance())), attempt, asked });
        if (outcome.slow) most = Math.max(1, rows.length >> 1);
        if (state.at === 'sending') state.again = true;
        tell('collector_unreachable', 'The collector does not answer; events are kept and sent again.', { key: '' });
        return false;
      }
      case 'split': {
        most = Math.max(1, rows.length >> 1);
        const [only] = rows;
        if (rows.length > 1 || !only) return true;
        const { code, message } = outcome;
        tell('event_rejected', `The collector rejected an event: ${message} (${code}).`, { key: code });
        counts.rejected++;
        await bury(
          [letterOf(only, now(), code, message)],
          [{ eid: only.eid, at: now(), verdict: 'rejected', code, message }],
        );
        return true;
      }
      case 'stop':
        state = { at: 'stopped' };
        tell(
          'sending_stopped',
          `The collector refuses this page: ${outcome.message} (${outcome.code}). Events are kept; nothing is sent until the next page load.`,
        );
        return false;
    }
  };

  const post = async (rows: Readable[], manner: 'calm' | 'leaving'): Promise<Outcome> => {
    const context = about();
    const outcome = await send(batchOf(rows, context), manner);
    if (outcome.is === 'answered') onAnswered(context);
    return outcome;
  };

  const drain = async (counts: Counts): Promise<void> => {
    await queue.gather();
    for (;;) {
      const waiting = await queue.peek(most, BATCH.characters);
      const broken = waiting.filter((row) => !readable(row));
      if (broken.length) {
        lose('stored_row_unreadable', broken.length);
        const letters = broken.map((row) =>
          letterOf(row, now(), 'stored_row_unreadable', 'The stored row is not an event.'),
        );
        await queue.acknowledge(
          broken.map(({ eid }) => eid),
          letters,
        );
      }
      const rows = waiting.filter(readable);
      if (rows.length === 0) {
        if (broken.length) continue;
        return;
      }
      began = now();
      const full = rows.length >= most || rows.length < (await queue.count());
      const outcome = await post(rows, 'calm');
      if (!(await settle(rows, outcome, counts)) || (outcome.is === 'answered' && !full)) return;
    }
  };

  const schedule = (hurry = false) => {
    if (state.at === 'waiting' && hurry) cancel(state);
    if (state.at !== 'idle') return;
    const wait = Math.max(hurry ? 0 : began + PAUSE, impatience().until) - now();
    state = { at: 'waiting', timer: setTimeout(() => run(), Math.max(0, wait)) };
  };

  const cancel = ({ timer }: { timer: ReturnType<typeof setTimeout> }) => {
    clearTimeout(timer);
    state = { at: 'idle' };
  };

  const run = (counts: Counts = { stored: 0, duplicate: 0, rejected: 0 }): Promise<void> => {
    const work = async () => {
      try {
        await turn.take(() => drain(counts));
      } catch (cause) {
        tell('collector_unreachable', 'A flush failed; events are kept and sent again.', { key: 'flush', cause });
      }
      if (state.at !== 'sending') return;
      const { again } = state;
      state = { at: 'idle' };
      if (again) schedule();
    };
    const sending = { at: 'sending' as const, done: Promise.resolve(), again: false };
    state = sending;
    sending.done = work();
    return sending.done;
  };

  const soon = (hurry?: boolean) => {
    if (state.at === 'sending') state.again = true;
    else schedule(hurry);
  };

  return {
    soon,
    async now() {
      const counts: Counts = { stored: 0, duplicate: 0, rejected: 0 };
      while (state.at === 'sending') await state.done;
      const { asked, until } = impatience();
      if (state.at !== 'stopped' && !(asked && until > now())) {
        if (state.at === 'waiting') clearTimeout(state.timer);
        await run(counts);
      }
      return { ...counts, pending: await queue.count() };
    },
    leave() {
      queue.commit();
      turn.giveBack();
      const { asked, until } = impatience();
      if (state.at === 'stopped' || (asked && until > now())) return;
      const hand = [...queue.inHand()].filter(([eid]) => !leaving.has(eid)).map(([eid, text]) => readRow(eid, text));
      const rows = fitting(hand, BATCH.events, WIRE - 2_000).filter(readable);
      if (rows.length === 0) return;
      for (const { eid } of rows) leaving.add(eid);
      post(rows, 'leaving')
        .then((outcome) =>
          outcome.is === 'answered' ? settle(rows, outcome, { stored: 0, duplicate: 0, rejected: 0 }) : false,
        )
        .catch((cause) =>
          tell('collector_unreachable', 'A last flush failed; events are kept.', { key: 'leave', cause }),
        )
        .finally(() => {
          for (const { eid } of rows) leaving.delete(eid);
        });
    },
    online() {
      if (!impatience().asked) patience.keep(null);
      soon(true);
    },
    stop() {
      if (state.at === 'waiting') clearTimeout(state.timer);
      state = { at: 'stopped' };
      turn.giveBack();
    },
  };
};
