/**
 * Takes customers, and what is old, out of the cluster, so that it goes from every copy and comes into none that is made
 * later. A key that was erased stays as a mark in the bucket, for copies that are away, and goes by itself after some days.
 */
import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { toColumn } from '../../store/text-column.ts';
import type { CustomerKey, Erased } from '../../store/user-store.ts';
import { asClusterError, type Cluster } from '../connection.ts';
import { customerKey, type Names } from '../names.ts';
import type { Publish } from '../publishing.ts';
import { createTurns } from '../turns.ts';
import type { OldDocument, UsersCopy, Whose } from './copy.ts';
import { documentBytes, documentIn, erasureBytes, reportBytes } from './document.ts';
import { ERASURES_KEPT_MS } from './tables.ts';

export interface RemovalNeeds {
  cluster: Pick<Cluster, 'manager'>;
  names: Names;
  copy: UsersCopy;
  publish: Publish;
  /** Resolves when the copy has all that the cluster has. */
  level: () => Promise<void>;
  /** Resolves when the copy has the bucket, or the report, up to this place. */
  copied: (revision: number) => Promise<void>;
  reported: (seq: number) => Promise<void>;
  keepWords: (label: string, id: string, content: string) => Promise<number>;
  now: () => number;
}

const NOTHING: Erased = { states: 0, contents: 0, deliveries: 0, traces: 0 };

export type UsersRemoval = ReturnType<typeof createUsersRemoval>;

export const createUsersRemoval = (needs: RemovalNeeds) => {
  const { names, copy, publish, level, copied, reported, keepWords, now } = needs;
  const { streams, consumers } = needs.cluster.manager;
  /** Whoever asks is told what went by the mark that they set: one at a time. */
  const inTurn = createTurns(1);
  const asked = new Map<string, (erased: Erased) => void>();
  const bucket = `KV_${names.customers}`;
  const subjectOf = ({ label, customer }: Whose): string => `$KV.${names.customers}.${customerKey(label, customer)}`;

  /** Messages of a subject, up to a place that stays where one is named. */
  const takeOut = async (stream: string, filter: string, seq?: number): Promise<void> => {
    // Nothing is before the first; servers would take it for no bound at all, and everything out.
    if (seq === 1) return;
    try {
      await streams.purge(stream, seq === undefined ? { filter } : { filter, seq });
    } catch (cause) {
      throw asClusterError(cause);
    }
  };
  const beat = async (label: string): Promise<void> => {
    const said = await publish({ subject: names.reportOrdered(label), data: reportBytes({ is: 'beat' }) });
    if (said.is === 'stored') await reported(said.seq);
  };

  /** Resolves with what went from the copy here; `undefined`: they changed since. */
  const mark = async (whose: Whose, words: string[], expected: number): Promise<Erased | undefined> => {
    const subject = subjectOf(whose);
    const taken = new Promise<Erased>((resolve) => asked.set(subject, resolve));
    const data = erasureBytes({ at: now(), words });
    try {
      const marked = await publish({ subject, data, erases: true, expected });
      if (marked.is === 'late') return undefined;
      await copied(marked.seq);
      return await taken;
    } finally {
      asked.delete(subject);
    }
  };

  const startOfReport = async (since: number): Promise<number> => {
    const info = await consumers.add(names.report, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartTime,
      opt_start_time: new Date(since).toISOString(),
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: nanos(5_000),
    });
    await consumers.delete(names.report, info.name);
    return info.delivered.stream_seq + 1;
  };

  /** What no copy has any more goes out of the streams, and every copy is told what to let go of. */
  const order = async (label: string, before: number): Promise<void> => {
    await takeOut(names.report, names.wholeReportOf(label), await startOfReport(before));
    const said = await publish({ subject: names.reportOrdered(label), data: reportBytes({ is: 'old', before }) });
    if (said.is === 'stored') await reported(said.seq);
  };

  /** A document that carries rows which are old is written again without them. */
  const withoutRows = async ({ revision, ...whose }: OldDocument): Promise<void> => {
    const there = await streams.getMessage(bucket, { seq: revision });
    if (!there) return;
    const data = documentBytes({ ...documentIn(there.data), rows: '' });
    const written = await publish({ subject: subjectOf(whose), data, expected: revision });
    await copied(written.is === 'stored' ? written.seq : written.winner);
  };

  /** @param expected place of the document that goes */
  const take = async (whose: Whose, expected: number): Promise<Erased | undefined> => {
    const { label, customer } = whose;
    const { theirs, shared } = copy.removal.wordsOf(toColumn(label), customer);
    // Their report is about to go, and may be the only place of words that others were sent too.
    for (const id of shared) {
      const content = copy.content(label, id);
      if (content !== undefined) await keepWords(label, id, content);
    }
    const isThere = copy.standing(label, customer).version > 0;
    const erased = isThere ? await mark(whose, theirs, expected) : NOTHING;
    // Also of whom nothing is there any more: who erased them may have ended in the middle of it.
    if (erased) await takeOut(names.report, names.reportOf(label, customer));
    if (erased) for (const id of theirs) await takeOut(names.report, names.wordsOf(label, id));
    return erased;
  };

  return {
    /** The copy has taken somebody away. */
    taken: (whose: Whose, erased: Erased): void => asked.get(subjectOf(whose))?.(erased),

    erase: (label: string, customer: CustomerKey): Promise<Erased> =>
      inTurn(async () => {
        let erased: Erased | undefined;
        while (!erased) {
          await level();
          // Over the very document that is there, so that none which is being written comes after it.
          erased = await take({ label, customer }, copy.standing(label, customer).revision);
        }
        await beat(label);
        copy.checkpoint();
        return erased;
      }),

    async purge(label: string, before: number, limit: number): Promise<number> {
      let gone = copy.purgeRows(label, before, limit);
      for (const old of copy.documentsWithOldRows(label, before, limit - gone)) {
        await withoutRows(old);
        gone++;
      }
      const quiet = copy.states.quietVisitors(toColumn(label), before, limit - gone);
      for (const customer of quiet) {
        const { revision } = copy.standing(label, customer);
        if (await inTurn(() => take({ label, customer }, revision))) gone++;
      }
      if (quiet.length > 0) await beat(label);
      if (gone === limit) return gone;
      const forgotten = now() - ERASURES_KEPT_MS;
      for (const { revision, ...whose } of copy.erasuresBefore(forgotten, limit)) {
        // Who was in the middle of a change may have said something of them after they were erased, and ended.
        if (copy.standing(whose.label, whose.customer).version === 0)
          await takeOut(names.report, names.reportOf(whose.label, whose.customer));
        await takeOut(bucket, subjectOf(whose), revision + 1);
      }
      // Every copy forgets those with it.
      if (copy.oldestKept(label) < before) await order(label, before);
      copy.checkpoint();
      return gone;
    },
    async takeBack({ label, customer }: Whose, upTo: number): Promise<void> {
      await takeOut(names.report, names.reportOf(label, customer), upTo + 1);
      await beat(label);
    },
  };
};
