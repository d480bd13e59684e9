/**
 * A collector's copy of the whole log: every message of the stream, in the stream's order, through the writer of the SQLite
 * log. The same order makes the same log everywhere, so `(label, eid)` is one event for all, the first one, whatever anybody
 * sends again a month later; reads ask nobody. Owns the order and what it tells of it: listeners, and whoever waits here for
 * what became of a message of his own.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JsMsg } from '@nats-io/jetstream';
import { isBlank } from '../../store/blank.ts';
import { type CopyStep, isTaking, type StepResult, type Taking } from '../../store/copy-step.ts';
import type { Outcome, Submission } from '../../store/event-log.ts';
import type { LogNews } from '../../store/log-news.ts';
import type { Writer } from '../../store/writer.ts';
import { decode, type Told } from './message.ts';
import type { Rewritten } from './rewritten.ts';

/** Rows of one transaction: above this its own time shows in what waits for the next. */
const MOST_ROWS = 4_000;

type Order = Extract<CopyStep, { is: 'erase' | 'purge' }>;

/** A message of this collector's on its way through the stream. */
export interface Mine {
  /** What it says, so that it need not be read again. */
  told: Told;
  done(result: StepResult): void;
}

export interface CopyNeeds {
  writer: Writer;
  rewritten: Rewritten;
  news: LogNews;
  /** How far the copy is. */
  from: number;
}

export interface LogCopy {
  /** Whoever has said the message with this id is told what became of it. */
  expect(id: string, mine: Mine): void;
  /** Nobody waits for it any more. */
  forget(id: string): void;
  /** Messages in their order; what was applied before is passed over. */
  apply(messages: JsMsg[]): Promise<void>;
}

const rowsIn = (step: CopyStep): number =>
  step.is === 'said'
    ? step.group.reduce(
        (rows, { events, rejected, pages, lost }) =>
          rows + events.length + rejected.length + pages.length + lost.length,
        1,
      )
    : 1;

/** Listeners hear of what was said, and not of what an erasure left of it. */
const withoutBlanks = (group: Submission[], outcomes: Outcome[][]): [Submission[], Outcome[][]] => {
  const stays = group.map(({ events }) => events.map((event) => !isBlank(event)));
  return [
    group.map((one, at) => ({ ...one, events: one.events.filter((_, n) => stays[at]![n]) })),
    outcomes.map((of, at) => of.filter((_, n) => stays[at]![n])),
  ];
};

export const createLogCopy = ({ writer, rewritten, news, from }: CopyNeeds): LogCopy => {
  const expected = new Map<string, Mine>();
  let place = from;

  const tell = (step: CopyStep, result: StepResult, id: string): void => {
    if (step.is === 'said') {
      const outcomes = result as Outcome[][];
      news.stored(
        ...(step.blanks.length > 0 ? withoutBlanks(step.group, outcomes) : ([step.group, outcomes] as const)),
      );
    }
    if (step.is === 'register' || step.is === 'unregister') news.ruled(step.label);
    if (step.is === 'erase') news.erased(step.label, step.whose);
    expected.get(id)?.done(result);
    expected.delete(id);
  };

  let waiting: { step: CopyStep; id: string }[] = [];
  const store = async (): Promise<void> => {
    const some = waiting;
    waiting = [];
    if (some.length === 0) return;
    const results = await writer.apply(some.map(({ step }) => step));
    place = some.at(-1)!.step.place;
    for (const [at, { step, id }] of some.entries()) tell(step, results[at], id);
  };

  /** Slice by slice, so that others have their turns between. */
  const take = async (order: Order): Promise<Taking> => {
    for (;;) {
      const [taking] = await writer.apply([order]);
      if (isTaking(taking) && !taking.more) return taking;
      await nextTurn();
    }
  };
  const obey = async (order: Order, id: string): Promise<void> => {
    const taking = await take(order);
    await writer.apply([{ is: 'reached', place: order.place }]);
    place = order.place;
    tell(order, taking, id);
  };

  const applyAll = async (messages: JsMsg[]): Promise<void> => {
    let last = place;
    let rows = 0;
    const add = async (step: CopyStep, id = ''): Promise<void> => {
      last = step.place;
      waiting.push({ step, id });
      rows += rowsIn(step);
      if (rows < MOST_ROWS) return;
      rows = 0;
      await store();
    };
    for (const message of messages) {
      if (message.seq <= last) continue;
      for (const step of await rewritten.between(last, message.seq)) await add(step);
      const id = message.headers?.get('Nats-Msg-Id') ?? '';
      const step = { ...(expected.get(id)?.told ?? decode(message.data, message.seq)), place: message.seq };
      if (step.is === 'erase' || step.is === 'purge') {
        await store();
        await obey(step, id);
        last = step.place;
      } else await add(step, id);
    }
    await store();
  };

  return {
    expect: (id, mine) => void expected.set(id, mine),
    forget: (id) => void expected.delete(id),
    async apply(messages) {
      try {
        await applyAll(messages);
      } finally {
        waiting = [];
      }
    },
  };
};
