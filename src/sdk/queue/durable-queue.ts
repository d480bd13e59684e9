/**
 * The best place that this browser offers at this moment: the database; while it opens or is refused, the journal; when
 * that is full or refused too, memory. Each step down is told once, and rows move up again as soon as they can.
 * Owns the bounds: at most so many events wait, the oldest are dropped, and every drop is counted.
 */
import type { DeadLetter } from '../api.ts';
import type { Lose } from '../losses.ts';
import type { Tell } from '../notice.ts';
import type { EventQueue, Waiting } from './event-queue.ts';
import { fitting } from './event-queue.ts';
import type { IndexedDbQueue } from './indexeddb-queue.ts';

/** A visitor who stays offline must not fill the disk of the operator's origin. */
export const BOUND = { events: 10_000, characters: 5_000_000 };
/** Rows between two looks at the bound. */
const LOOK_EVERY = 500;
/** Fewer rows than this can never weigh more than the bound, each being 32 kB at the most. */
const NEVER_OVER = 150;
/** Characters of this page's own rows kept in hand, so that a page that is leaving can send without asking the disk. */
const IN_HAND = 60_000;
/** Milliseconds between two tries to open a database that refused. */
const REOPEN = 5_000;

type Base = { at: 'opening' } | { at: 'open'; db: IndexedDbQueue } | { at: 'refused'; until: number };

export interface DurableQueue {
  append(eid: string, text: string): void;
  /** Rows of this page that no receipt has named yet, oldest first, without waiting for the disk. */
  inHand(): Map<string, string>;
  /** Another tab heard the receipts of these. */
  forget(eids: string[]): void;
  /** Brings what waits in the journal and in memory into the database, if it is open. */
  gather(): Promise<void>;
  peek(most: number, characters: number): Promise<Waiting[]>;
  acknowledge(eids: string[], letters?: DeadLetter[]): Promise<void>;
  letters(): Promise<DeadLetter[]>;
  count(): Promise<number>;
  /** The page is leaving: end every open transaction now. */
  commit(): void;
  close(): void;
}

export interface DurableQueueNeeds {
  open(ears: {
    onReturned(rows: Map<string, string>, cause: unknown): void;
    onClosed(): void;
  }): Promise<IndexedDbQueue>;
  journal: EventQueue;
  memory: EventQueue;
  now(): number;
  lose: Lose;
  tell: Tell;
  /** The database is open, and holds what waited elsewhere. */
  onOpen(): void;
  /** Something is kept nowhere but in memory: send at once. */
  onFleeting(): void;
}

export const createDurableQueue = ({
  open,
  journal,
  memory,
  now,
  lose,
  tell,
  onOpen,
  onFleeting,
}: DurableQueueNeeds): DurableQueue => {
  const mine = new Map<string, string>();
  let inHandCharacters = 0;
  let appended = 0;
  let closed = false;
  let base: Base = { at: 'opening' };

  const stepDown = (eid: string, text: string) => {
    if (journal.append(eid, text)) return;
    memory.append(eid, text);
    tell('queue_not_durable', 'This browser refuses storage: events are sent at once, and are lost if that fails.', {
      key: '',
    });
    onFleeting();
  };

  const broken = (cause: unknown) => {
    if (closed || base.at === 'refused') return;
    base = { at: 'refused', until: now() + REOPEN };
    tell('queue_not_durable', 'IndexedDB is not available: events wait in localStorage.', { key: 'db', cause });
  };

  const start = () => {
    base = { at: 'opening' };
    open({
      onReturned(rows, cause) {
        for (const [eid, text] of rows) stepDown(eid, text);
        broken(cause);
      },
      onClosed: () => broken('closed by the browser'),
    }).then((db) => {
      if (closed) return db.close();
      base = { at: 'open', db };
      return gather().then(bound).then(onOpen);
    }, broken);
  };

  const gather = async () => {
    if (base.at === 'refused' && now() >= base.until) start();
    if (base.at !== 'open') return;
    const { db } = base;
    for (const queue of [journal, memory]) {
      const rows = await queue.peek(BOUND.events, BOUND.characters);
      if (rows.length === 0) continue;
      const texts = new Map(rows.map(({ eid, text }) => [eid, text]));
      try {
        await db.adopt(texts);
      } catch (cause) {
        return broken(cause);
      }
      await queue.acknowledge([...texts.keys()]);
    }
  };

  const bound = async () => {
    const queue = base.at === 'open' ? base.db : memory;
    const events = await queue.count();
    let over = events - BOUND.events;
    if (over <= 0 && events > NEVER_OVER) {
      const characters = await queue.characters();
      over = Math.ceil((events * (characters - BOUND.characters)) / characters);
    }
    if (over <= 0) return;
    lose('overflow', await queue.dropOldest(over));
    tell('queue_overflow', 'Too many events wait for the collector: the oldest are dropped and counted.', { key: '' });
  };

  const forget = (eids: string[]) => {
    for (const eid of eids) {
      inHandCharacters -= mine.get(eid)?.length ?? 0;
      mine.delete(eid);
    }
  };

  /** The database if it answers; its failure is a step down, never the caller's. */
  const ask = async <T>(question: (queue: EventQueue) => Promise<T>): Promise<T[]> => {
    const answers: T[] = [];
    if (base.at === 'open')
      try {
        answers.push(await question(base.db));
      } catch (cause) {
        broken(cause);
      }
    if (base.at !== 'open') answers.push(await question(journal));
    answers.push(await question(memory));
    return answers;
  };

  start();
  return {
    append(eid, text) {
      if (inHandCharacters < IN_HAND) {
        mine.set(eid, text);
        inHandCharacters += text.length;
      }
      let kept = false;
      if (base.at === 'open')
        try {
          kept = base.db.append(eid, text);
        } catch (cause) {
          broken(cause); // InvalidStateError: Safari loses its connection to the database without a word
        }
      if (!kept) stepDown(eid, text);
      if (++appended % LOOK_EVERY === 0) bound().catch(broken);
    },
    inHand: () => mine,
    forget,
    gather,
    async peek(most, characters) {
      const rows = (await ask((queue) => queue.peek(most, characters))).flat();
      return fitting(
        rows.sort((a, b) => (a.eid < b.eid ? -1 : 1)),
        most,
        characters,
      );
    },
    async acknowledge(eids, letters = []) {
      forget(eids);
      let left = letters;
      await ask((queue) => {
        const mineToKeep = left;
        left = [];
        return queue.acknowledge(eids, mineToKeep);
      });
    },
    letters: async () => (await ask((queue) => queue.letters())).flat(),
    count: async () => (await ask((queue) => queue.count())).reduce((sum, events) => sum + events, 0),
    commit() {
      if (base.at === 'open') base.db.commit();
    },
    close() {
      closed = true;
      if (base.at === 'open') base.db.close();
    },
  };
};
