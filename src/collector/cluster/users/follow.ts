/**
 * The three streams that a copy of the customers is made of, followed into it: documents, the report, and how far labels are
 * folded. Owns what each message means to the copy, and when somebody who listens is told.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JsMsg } from '@nats-io/jetstream';
import type { Cursor } from '../../store/event-log.ts';
import { toColumn } from '../../store/text-column.ts';
import type { Erased } from '../../store/user-store.ts';
import type { Cluster } from '../connection.ts';
import { fromToken, type Names } from '../names.ts';
import { type Followed, followStream } from '../stream-follow.ts';
import type { UsersArrivals } from './arrivals.ts';
import type { UsersCopy, Whose } from './copy.ts';
import { documentIn, erasureIn, reportIn } from './document.ts';
import type { KeptProgress } from './progress.ts';
import { ERASURES_KEPT_MS } from './tables.ts';

export interface UsersFollowed {
  documents: Followed;
  report: Followed;
  progress: Followed;
}

export interface UsersFollowNeeds {
  cluster: Cluster;
  names: Names;
  copy: UsersCopy;
  arrivals: Pick<UsersArrivals, 'begin' | 'noting' | 'tell'>;
  /** Somebody was taken away. */
  taken: (whose: Whose, erased: Erased) => void;
  /** A label's place moved on, and the copy has the states that belong to it. */
  moved: (label: string, folded: Cursor) => void;
  failed: (cause: unknown) => void;
  now: () => number;
}

/** A copy that is made anew has a place of its labels long before it has their states. */
const WHILE_IT_IS_MADE_MS = 60_000;
/** Rows that one step takes out of a copy. */
const PURGED_AT_ONCE = 500;

/** The last two tokens: a label, and what is its. */
const tokensOf = (subject: string, behind: string): [string, string, ...string[]] =>
  subject.slice(behind.length).split('.').map(fromToken) as [string, string, ...string[]];

export const followUsers = (needs: UsersFollowNeeds): UsersFollowed => {
  const { cluster, names, copy, arrivals, taken, moved, failed, now } = needs;
  const follow = (stream: string, apply: (messages: JsMsg[]) => Promise<void>): Followed =>
    followStream({ cluster, stream, from: copy.place(stream), apply, failed });

  const bucketOf = (bucket: string): { stream: string; behind: string } => ({
    stream: `KV_${bucket}`,
    behind: `$KV.${bucket}.`,
  });
  const customers = bucketOf(names.customers);
  const folded = bucketOf(names.progress);
  const behindReport = names.allReport.slice(0, -1);

  const documents = follow(customers.stream, async (messages) => {
    const gone: [Whose, Erased][] = [];
    arrivals.begin();
    copy.apply(customers.stream, messages, (message) => {
      const [label, customer] = tokensOf(message.subject, customers.behind);
      const whose = { label, customer };
      const erased = arrivals.noting(label, customer, () =>
        message.headers?.get('KV-Operation')
          ? copy.erasure(whose, message.seq, erasureIn(message.data))
          : copy.document(whose, message.seq, documentIn(message.data)),
      );
      if (erased) gone.push([whose, erased]);
    });
    for (const one of gone) taken(...one);
    arrivals.tell();
  });

  const letGo = async (label: string, before: number): Promise<void> => {
    copy.keepNothingBefore(label, before);
    while (copy.purgeRows(label, before, PURGED_AT_ONCE) === PURGED_AT_ONCE) await nextTurn();
    copy.forgetErasures(now() - ERASURES_KEPT_MS);
  };
  const applyReport = (message: JsMsg): { label: string; before: number } | undefined => {
    const [label, customer, id] = tokensOf(message.subject, behindReport);
    const said = reportIn(message.data);
    if (said.is === 'rows') copy.rows({ label, customer }, said);
    if (said.is === 'words') copy.words(label, id!, said.at, said.content);
    return said.is === 'old' ? { label, before: said.before } : undefined;
  };
  const report = follow(names.report, async (messages) => {
    const old: { label: string; before: number }[] = [];
    copy.apply(names.report, messages, (message) => {
      const order = applyReport(message);
      if (order) old.push(order);
    });
    for (const { label, before } of old) await letGo(label, before);
  });

  const progress = follow(folded.stream, async (messages) => {
    const values = messages.map((message) => ({
      label: tokensOf(message.subject, folded.behind)[0],
      value: message.json<KeptProgress>(),
    }));
    await documents.reached(Math.max(...values.map(({ value }) => value.customers)), WHILE_IT_IS_MADE_MS);
    const all = values.values();
    copy.apply(folded.stream, messages, () => {
      const { label, value } = all.next().value!;
      const column = toColumn(label);
      const told = new Set(value.fanouts.map(({ cursor }) => cursor));
      const fannedOut = copy.progress.fanouts(column).filter(({ cursor }) => !told.has(cursor));
      copy.progress.keep(column, { ...value, fannedOut: fannedOut.map(({ cursor }) => cursor) });
    });
    for (const { label, value } of values) moved(label, value.folded);
  });

  return { documents, report, progress };
};
