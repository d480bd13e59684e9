/**
 * Changes of customers into their bucket: a document is written over the very one that it was made from, or not at all. It
 * carries the rows of its own change; those of the change before it go into the report first, so that none is ever only in a
 * document that is gone. Of what is written again because nobody answered, one is there.
 */
import type { StateChange } from '../../store/user-store.ts';
import { ClusterError } from '../connection.ts';
import { customerKey, type Names } from '../names.ts';
import type { Publish } from '../publishing.ts';
import { createTurns, type InTurn } from '../turns.ts';
import { ROWS_OF_CHANGE, type UsersCopy, type Whose } from './copy.ts';
import { documentBytes, reportBytes, rowsBytes, rowsText } from './document.ts';

export interface WritingNeeds {
  names: Names;
  copy: Pick<UsersCopy, 'standing'>;
  publish: Publish;
  /** Resolves when the copy has the bucket up to this place. */
  copied: (revision: number) => Promise<void>;
  /** Takes out of the report what was said of a customer up to this place. */
  takeBack: (whose: Whose, upTo: number) => Promise<void>;
  /** Bytes that a message may have. */
  mostBytes: number;
  now: () => number;
}

/** `late`: somebody else wrote a version since. */
export type Written = { is: 'stored'; revision: number } | { is: 'late' };

const MOST_UNDER_WAY = 64;
/** Names and headers of a message travel within its size. */
const ROOM_FOR_HEADERS = 4_096;
/** Of a key whose erasure is forgotten, the place to write at is learned from the servers. */
const MOST_ROUNDS = 3;

export class DocumentTooLarge extends Error {
  constructor({ label, customer }: Whose, why: string) {
    super(`the document of ${customer} in ${label} has ${why}`);
    this.name = 'DocumentTooLarge';
  }
}

export const createWriting = ({ names, copy, publish, copied, takeBack, mostBytes, now }: WritingNeeds) => {
  const inTurn = createTurns(MOST_UNDER_WAY);

  /** Where the words make it too large they go ahead, by themselves. */
  const bytesOf = async (whose: Whose, change: StateChange, erased: number): Promise<Uint8Array> => {
    const { contents = [], deliveries = [], traces = [] } = change;
    const rows = Math.max(deliveries.length, traces.length);
    // No copy could take it, and none would come past it.
    if (rows > ROWS_OF_CHANGE) throw new DocumentTooLarge(whose, `${rows} rows of one change`);
    const { wakes_at, segments, user } = change.state;
    const at = now();
    const state = JSON.stringify(change.state);
    const head = { version: change.version + 1, at, erased, wakes_at, segments, user, state };
    const bytes = documentBytes({ ...head, rows: rowsText({ contents, deliveries, traces }) });
    if (bytes.length <= mostBytes - ROOM_FOR_HEADERS) return bytes;
    for (const { id, content } of contents) await keepWords(whose.label, id, content);
    const less = documentBytes({ ...head, rows: rowsText({ deliveries, traces }) });
    if (less.length > mostBytes - ROOM_FOR_HEADERS)
      throw new DocumentTooLarge(whose, `${less.length} bytes, more than the servers take (max_payload)`);
    return less;
  };

  /** The first ones under an id stay. Resolves with the place of whichever are there. */
  const keepWords = async (label: string, id: string, content: string): Promise<number> => {
    const data = reportBytes({ is: 'words', at: now(), content });
    const published = await publish({ subject: names.wordsOf(label, id), data, expected: 0 });
    return published.is === 'stored' ? published.seq : published.winner;
  };

  const write = async (label: string, change: StateChange): Promise<Written> => {
    const { customer } = change;
    const whose = { label, customer };
    let erasedAt: number | undefined;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const { version, revision, rows, at, erased } = copy.standing(label, customer);
      if (version !== change.version) return { is: 'late' };
      const told =
        rows === ''
          ? undefined
          : await publish({
              subject: names.reportOf(label, customer),
              data: rowsBytes({ revision, at }, rows),
              id: `rows of ${revision}`,
            });
      const published = await publish({
        subject: `$KV.${names.customers}.${customerKey(label, customer)}`,
        data: await bytesOf(whose, change, erasedAt ?? erased),
        expected: erasedAt ?? revision,
      });
      if (published.is === 'stored') return { is: 'stored', revision: published.seq };
      if (change.version > 0 && published.winner < revision)
        throw new ClusterError(
          'CLUSTER_DIFFERS',
          `a document is at ${published.winner} in the cluster and at ${revision} in the copy`,
        );
      await copied(published.winner);
      const isGone = copy.standing(label, customer).version === 0;
      // Erased meanwhile: what was told of them just now came after it.
      if (isGone && told?.is === 'stored') await takeBack(whose, told.seq);
      if (!isGone || change.version > 0) return { is: 'late' };
      erasedAt = published.winner;
    }
    return { is: 'late' };
  };

  /** Of those who write one customer here, one at a time: servers of 2.9 number apart what they refuse while it is under way. */
  const ofCustomers = new Map<string, { inTurn: InTurn; writers: number }>();
  const alone = async (key: string, work: () => Promise<Written>): Promise<Written> => {
    const line = ofCustomers.get(key) ?? { inTurn: createTurns(1), writers: 0 };
    ofCustomers.set(key, line);
    line.writers++;
    try {
      return await line.inTurn(work);
    } finally {
      if (--line.writers === 0) ofCustomers.delete(key);
    }
  };

  return {
    write: (label: string, change: StateChange): Promise<Written> =>
      alone(customerKey(label, change.customer), async () => {
        const written = await inTurn(() => write(label, change));
        // The next one here writes over it.
        if (written.is === 'stored') await copied(written.revision);
        return written;
      }),
    keepWords,
  };
};
