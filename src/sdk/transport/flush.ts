/**
 * When events travel: the first of a quiet period at once, then a second after the last send began, with patience after
 * a failure, and with the page's last breath when it leaves. Peeks, sends, acknowledges: an event leaves the queue only
 * when a receipt names it. How a request travels is `send.ts`; who may send is `turn.ts`.
 */
import type { BatchAnswer } from '../../wire/event.ts';
import type { FlushCounts, Receipt } from '../api.ts';
import type { DeadLetters } from '../dead-letters.ts';
import type { Tell } from '../notice.ts';
import type { DurableQueue } from '../queue/durable-queue.ts';
import { fitting, type Waiting } from '../queue/event-queue.ts';
import { backoff } from './backoff.ts';
import { batchOf, type Context, hear } from './batch.ts';
import { readPatience, writePatience } from './patience.ts';
import { type Send, WIRE } from './send.ts';
import type { Turn } from './turn.ts';

const PAUSE = 1_000;
/** Characters of rows whose request surely outlives the page without being its last (`send.ts`). */
const OUTLIVES = 6_000;
const EVENTS = 500;
const CHARACTERS = globalThis.CompressionStream ? 256_000 : WIRE;

type State =
  | { at: 'idle' }
  | { at: 'waiting'; timer: ReturnType<typeof setTimeout> }
  /** `done` says whether it was our turn. */
  | { at: 'sending'; done: Promise<boolean>; again: boolean }
  /** The key or the origin is wrong: nothing is sent until the page is loaded anew. */
  | { at: 'stopped'; why: string };

export interface FlushNeeds {
  queue: DurableQueue;
  send: Send;
  turn: Turn;
  now(): number;
  context(): Context;
  /** The collector answered a batch that said this. */
  onAnswered(context: Context): void;
  onReceipts(receipts: Receipt[]): void;
  /** The wait that a failure imposes, shared by tabs and kept across a reload. */
  patience(): string | null;
  keep(patience: string): void;
  bury: DeadLetters['bury'];
  onStopped(code: string): void;
  tell: Tell;
}

export interface Flush {
  /** Something waits. `hurry`: the pause between two sends does not apply. */
  soon(hurry: boolean): void;
  /** Sends now; resolves when all that waited has been tried. */
  now(): Promise<FlushCounts>;
  /** The page is hidden or leaves: everything at hand goes in one request that outlives it. */
  leave(): void;
  /** The network is back. */
  online(): void;
  /** Why nothing is sent any more, if so; when the collector last answered; until when to wait, and whether it asked for that. */
  state(): { stopped: string; answered: number; until: number; asked: unknown };
}

export const createFlush = (needs: FlushNeeds): Flush => {
  const { queue, send, turn, now, context, onAnswered, onReceipts, patience, keep, bury, onStopped, tell } = needs;
  let state: State = { at: 'idle' };
  let began = 0;
  let answered = 0;
  let most = EVENTS;
  /** The last event of a request that outlives the page: hiding and leaving are two moments, and need no request more. */
  let left = '';
  const none = (): FlushCounts => ({ stored: 0, duplicate: 0, rejected: 0, pending: 0 });

  const wait = () => readPatience(patience(), now());

  const settle = async (rows: Waiting[], answer: Pick<BatchAnswer, 'duplicate' | 'rejected'>, counts: FlushCounts) => {
    const receipts = hear(rows, answer, now());
    receipts.forEach(({ eid, verdict, code, message }, index) => {
      counts[verdict]++;
      if (!code) return;
      tell('event_rejected', `${code}: ${message}`);
      bury(eid, rows[index]?.text ?? '', code, `${message}`);
    });
    onReceipts(receipts);
    await queue.acknowledge(receipts.map(({ eid }) => eid));
  };

  /** One request for these rows, and what follows from its answer. `true`: there is a point in going on. */
  const post = async (rows: Waiting[], counts: FlushCounts, leaving: boolean): Promise<boolean> => {
    const said = context();
    const first = !wait().attempt;
    if (leaving || (first && fitting(rows, OUTLIVES).length === rows.length)) left = rows[rows.length - 1]?.eid ?? left;
    const outcome = await send(batchOf(rows, said), leaving, first);
    if (outcome.is === 'answered') {
      if (patience()) keep('');
      answered = now();
      most = Math.min(EVENTS, most * 2);
      onAnswered(said);
      await settle(rows, outcome.answer, counts);
      return true;
    }
    left = '';
    if (leaving) return false;
    if (outcome.is === 'later') {
      const { after, slow } = outcome;
      const attempt = wait().attempt + 1;
      keep(writePatience(now(), backoff(attempt, Math.random(), after), attempt, after > 0));
      if (slow) most = Math.max(1, rows.length >> 1);
      if (state.at === 'sending') state.again = true;
      tell('collector_unreachable', 'events are kept');
      return false;
    }
    const { is, code, message } = outcome;
    if (is === 'stop') {
      state = { at: 'stopped', why: code };
      tell('sending_stopped', `${code}: ${message}`);
      onStopped(code);
      return false;
    }
    most = Math.max(1, rows.length >> 1);
    if (rows.length < 2)
      await settle(rows, { duplicate: [], rejected: [{ index: 0, eid: null, code, message }] }, counts);
    return true;
  };

  const drain = async (counts: FlushCounts): Promise<void> => {
    await queue.gather();
    for (;;) {
      const total = await queue.count();
      const rows = fitting(await queue.peek(most), CHARACTERS);
      if (!rows.length) return;
      began = now();
      if (!(await post(rows, counts, false)) || (total <= rows.length && most === EVENTS)) return;
    }
  };

  const failed = (cause: unknown) => !tell('collector_unreachable', 'a flush failed', cause);
  const run = (counts: FlushCounts): Promise<boolean> => {
    if (state.at === 'waiting') clearTimeout(state.timer);
    const done = turn
      .take(() => drain(counts))
      .catch(failed)
      .then((ours) => {
        if (state.at !== 'sending') return ours;
        const { again } = state;
        state = { at: 'idle' };
        // Another tab is at it: look again in a while, should it be gone by then.
        if (!ours) began = now();
        if (again || !ours) soon(false);
        return ours;
      });
    state = { at: 'sending', done, again: false };
    return done;
  };
  const soon = (hurry: boolean) => {
    if (state.at === 'sending') state.again = true;
    if (state.at === 'waiting' && hurry) {
      clearTimeout(state.timer);
      state = { at: 'idle' };
    }
    if (state.at !== 'idle') return;
    // The pause is never longer than itself, wherever the clock was put meanwhile.
    const delay = Math.max(0, hurry ? 0 : Math.min(PAUSE, began + PAUSE - now()), wait().until - now());
    state = { at: 'waiting', timer: setTimeout(() => run(none()), delay) };
  };

  return {
    soon,
    async now() {
      const counts = none();
      for (;;) {
        while (state.at === 'sending') await state.done;
        const tried = state.at === 'stopped' || wait().asked || (await run(counts));
        counts.pending = await queue.count();
        if (tried || !counts.pending) return counts;
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    },
    leave() {
      queue.commit();
      turn.giveBack();
      if (state.at === 'stopped' || wait().asked) return;
      const hand = queue.inHand().filter(({ eid }) => eid > left);
      const rows = fitting(hand, WIRE).slice(0, EVENTS);
      if (rows.length) post(rows, none(), true).catch(failed);
    },
    online() {
      if (!wait().asked) keep('');
      soon(true);
    },
    state: () => ({ stopped: state.at === 'stopped' ? state.why : '', answered, ...wait() }),
  };
};
