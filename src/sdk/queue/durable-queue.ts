/**
 * The best place that this browser offers at this moment: the database; while it opens or is refused, the journal; when
 * that is full or refused too, memory. Each step down is told, and rows move up again as soon as they can.
 * Owns the bounds: at most so many events wait, the oldest are dropped, and every drop is counted.
 */
import type { LossReason } from '../../wire/event.ts';
import type { Tell } from '../notice.ts';
import type { EventQueue, Waiting } from './event-queue.ts';
import type { IndexedDbQueue } from './indexeddb-queue.ts';

/** A visitor who stays offline must not fill the disk of the operator's origin. */
export const BOUND = { events: 10_000, characters: 5_000_000 };
/** What an event takes of the room that is left, at the least: as many as that are as many as may wait. */
const SHARE = BOUND.characters / BOUND.events;
/** A look reads everything, so the next one is due when half of the room is taken, and not before this is. */
const LOOK = { characters: 250_000, rows: 150 };
/** Characters of this page's own rows kept in hand, so that a page that is leaving can send without asking the disk. */
const IN_HAND = 60_000;
/** More rows than any queue holds; IndexedDB takes 32 bits. */
export const ALL = 2 ** 32 - 1;
/** Milliseconds between two tries to open a database that refused. */
const REOPEN = 5_000;

export interface DurableQueue {
  append(eid: string, text: string): void;
  /** Rows of this page that no receipt has named yet, oldest first, without waiting for the disk. */
  inHand(): Waiting[];
  /** Receipts named these, heard here or by another tab. */
  forget(eids: string[]): void;
  /** Brings what waits in the journal and in memory into the database, if it is open. */
  gather(): Promise<void>;
  peek(most: number): Promise<Waiting[]>;
  acknowledge(eids: string[]): Promise<void>;
  /** The same for what nobody will send; answers which of them were there. */
  drop(eids: string[]): Promise<string[]>;
  count(): Promise<number>;
  /** The same by place: in memory, in the journal and, while it is open, in the database. */
  counts(): Promise<number[]>;
  /** The page is leaving: ends every open transaction now. What is not on disk yet waits in the journal too. */
  commit(): void;
}

export interface DurableQueueNeeds {
  open(returned: (rows: Waiting[], cause: unknown) => void, closed: (cause: unknown) => void): Promise<IndexedDbQueue>;
  journal: EventQueue;
  memory: EventQueue;
  now(): number;
  lose(reason: LossReason, rows: Waiting[]): void;
  tell: Tell;
  /** There is something to send: `hurry` if nothing but memory keeps it. */
  onWaiting(hurry: boolean): void;
}

export const createDurableQueue = ({
  open,
  journal,
  memory,
  now,
  lose,
  tell,
  onWaiting,
}: DurableQueueNeeds): DurableQueue => {
  const mine = new Map<string, string>();
  let characters = 0;
  let unlooked = 0;
  let room = LOOK.characters;
  /** The database while it is open, else the time from which opening it may be tried. */
  let database: IndexedDbQueue | number = 0;

  const stepDown = ({ eid, text }: Waiting) => {
    if (journal.append(eid, text)) return;
    memory.append(eid, text);
    tell('queue_not_durable', 'events are only in memory');
    onWaiting(true);
  };
  const broken = (cause: unknown) => {
    database = now() + REOPEN;
    tell('queue_not_durable', 'no IndexedDB', cause);
  };
  const gather = async () => {
    if (typeof database === 'number' && now() > database) {
      database = Number.POSITIVE_INFINITY;
      database = await open((rows, cause) => {
        rows.map(stepDown);
        broken(cause);
      }, broken);
      await gather();
      await bound();
      onWaiting(false);
    }
    for (const queue of [journal, memory]) {
      const rows = await queue.peek(ALL);
      if (typeof database === 'number' || !rows.length) continue;
      await database.adopt(rows);
      await queue.acknowledge(rows.map(({ eid }) => eid));
    }
  };

  /** Asks every queue that may hold rows; the database's failure is a step down, never the caller's. */
  const ask = async <T>(question: (queue: EventQueue) => Promise<T>): Promise<T[]> => {
    const answers = [await question(memory), await question(journal)];
    try {
      if (typeof database !== 'number') answers.push(await question(database));
    } catch (cause) {
      broken(cause);
    }
    return answers;
  };
  const peek = async (most: number) =>
    (await ask((queue) => queue.peek(most)))
      .flat()
      .sort((a, b) => (a.eid < b.eid ? -1 : 1))
      .slice(0, most);
  const counts = () => ask((queue) => queue.count());
  const count = async () => (await counts()).reduce((sum, events) => sum + events);
  const forget = (eids: string[]) => {
    for (const eid of eids) {
      characters -= mine.get(eid)?.length ?? 0;
      mine.delete(eid);
    }
  };
  const acknowledge = async (eids: string[]) => {
    forget(eids);
    await ask((queue) => queue.acknowledge(eids));
  };
  const drop = async (eids: string[]) => {
    forget(eids);
    return (await ask((queue) => queue.drop(eids))).flat();
  };
  const look = async () => {
    unlooked = 0;
    room = LOOK.characters;
    if ((await count()) < LOOK.rows) return;
    let left = BOUND.characters;
    // From the newest back: what no longer fits is the oldest.
    const rows = await peek(ALL);
    const dropped = rows.reverse().filter(({ text }, index) => {
      left -= text.length;
      return left < 0 || index >= BOUND.events;
    });
    room = Math.max(room, Math.min(left, (BOUND.events - rows.length) * SHARE) / 2);
    if (!dropped.length) return;
    const there = new Set(await drop(dropped.map(({ eid }) => eid)));
    lose(
      'overflow',
      dropped.reverse().filter(({ eid }) => there.has(eid)),
    );
    tell('queue_overflow', 'the oldest events are dropped');
  };
  let looking: Promise<void> | undefined;
  const lookOn = async () => {
    do await look();
    while (unlooked > room);
  };
  /** One look at a time: two would drop the same rows, and count them twice. */
  const bound = () => {
    looking ??= lookOn().finally(() => {
      looking = undefined;
    });
    return looking;
  };

  gather().catch(broken);
  return {
    append(eid, text) {
      if (characters < IN_HAND) {
        mine.set(eid, text);
        characters += text.length;
      }
      let kept = false;
      try {
        kept = typeof database !== 'number' && database.append(eid, text);
      } catch (cause) {
        broken(cause); // InvalidStateError: Safari loses its connection to the database without a word
      }
      if (!kept) stepDown({ eid, text });
      unlooked += Math.max(text.length, SHARE);
      if (unlooked > room) bound().catch(broken);
      onWaiting(false);
    },
    inHand: () => [...mine].map(([eid, text]) => ({ eid, text })),
    forget,
    gather: () => gather().catch(broken),
    peek,
    acknowledge,
    drop,
    count,
    counts,
    commit() {
      // A write takes the browser milliseconds (Chromium asks for the quota before the first of half a minute), and is
      // aborted with a page that is gone by then: 14 of 400 windows that closed themselves lost their event.
      if (typeof database !== 'number') for (const { eid, text } of database.commit()) journal.append(eid, text);
    },
  };
};
