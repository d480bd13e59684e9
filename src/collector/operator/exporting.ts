/**
 * Everything that is kept of one customer as one JSON document, written piece by piece: a timeline may be long.
 */
import type { Label } from '../config/config.ts';
import type { Customer } from '../engine/customer-key.ts';
import type { Cursor, EventLog } from '../store/event-log.ts';
import type { UserStore } from '../store/user-store.ts';
import { wordsOf } from './message-words.ts';
import { named } from './naming.ts';
import { spellingsOf } from './spellings.ts';
import { linkedTimes, timelineOf, type Whose } from './timeline.ts';

export interface ExportNeeds {
  log: Pick<EventLog, 'events' | 'profile'>;
  users: Pick<UserStore, 'get' | 'deliveries' | 'content' | 'traces'>;
  now: () => number;
}

const PAGE = 500;
const MOST_TRACES = 20_000;

/** A list whose values come later, as JSON. */
const listOf = async function* (values: AsyncIterable<unknown>): AsyncGenerator<string> {
  let before = '[';
  for await (const value of values) {
    yield `${before}${JSON.stringify(value)}`;
    before = ',\n';
  }
  yield before === '[' ? '[]' : ']';
};

export const createExport = ({ log, users, now }: ExportNeeds) => {
  const eventsOf = async function* (label: string, whose: Whose[]) {
    const linked = await linkedTimes(log, label, whose);
    for (let after: Cursor | null | undefined; after !== null; ) {
      const page = await timelineOf(log, label, whose, linked, { after, limit: PAGE });
      yield* page.events;
      after = page.next;
    }
  };
  const sentTo = async function* (label: string, customer: string) {
    for (let after: string | null | undefined; after !== null; ) {
      const page = await users.deliveries(label, { customer, limit: PAGE, ...(after === undefined ? {} : { after }) });
      for (const one of page.deliveries) yield { ...one, words: await wordsOf(users, label, one.uid) };
      after = page.next;
    }
  };
  const tracesOf = async function* (label: string, customer: string) {
    yield* await users.traces(label, { customer }, MOST_TRACES);
  };

  /** `undefined`: nothing of them is stored. */
  return async (label: Label, customer: Customer, whose: Whose): Promise<AsyncIterable<string> | undefined> => {
    const { name } = label;
    const state = (await users.get(name, customer.key))?.state;
    const spellings = await spellingsOf(log, label, customer, whose);
    const profiles = await Promise.all(spellings.map((one) => log.profile(name, one)));
    if (!state && profiles.every((one) => one === undefined)) return undefined;
    const user = 'user' in whose ? whose.user : null;
    const about = { ...named({ key: customer.key, user }), exported_at: now(), known: state ?? null };
    return (async function* () {
      yield `${JSON.stringify(about).slice(0, -1)},\n"events":`;
      yield* listOf(eventsOf(name, spellings));
      yield ',\n"deliveries":';
      yield* listOf(sentTo(name, customer.key));
      yield ',\n"traces":';
      yield* listOf(tracesOf(name, customer.key));
      yield '}\n';
    })();
  };
};
