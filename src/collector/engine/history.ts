/**
 * What a state keeps of a customer's events, for definitions that ask about earlier ones. Pure. A state must stay small:
 * what is dropped is still in the count, and between the first time and the last.
 */
import type { Payload } from '../../wire/event.ts';
import { type CustomerState, type Happened, type History, stateBounds } from './customer-state.ts';
import type { Fact } from './user-state.ts';

/** How `History.kept` says which fields were kept. */
export const keptFields = (fields: readonly string[]): string => [...new Set(fields)].sort().join(',');

/** Of an event what may be asked again. */
export const happened = ({ eid, cursor, at, trust, payload }: Fact, fields: readonly string[]): Happened => {
  const kept: Payload = {};
  for (const name of fields) if (Object.hasOwn(payload, name)) kept[name] = payload[name]!;
  return { eid, cursor, at, trust, fields: kept };
};

/** Characters of JSON, with the comma. Lists of events are values, and what one weighs is counted once. */
const weightOf = (event: Happened): number => JSON.stringify(event).length + 1;
const weights = new WeakMap<readonly Happened[], number>();
const weigh = (events: readonly Happened[]): number => {
  const weight = weights.get(events) ?? events.reduce((sum, event) => sum + weightOf(event), 0);
  weights.set(events, weight);
  return weight;
};

const withoutOldest = (events: Happened[], many: number): Happened[] => {
  if (many <= 0) return events;
  const left = events.slice(many);
  weights.set(left, weigh(events) - weigh(events.slice(0, many)));
  return left;
};

/** The names that were quiet longest lose their oldest first. */
const withinSize = (histories: CustomerState['history']): CustomerState['history'] => {
  let over = Object.values(histories).reduce((sum, { recent }) => sum + weigh(recent), 0) - stateBounds.historySize;
  if (over <= 0) return histories;
  const quietFirst = Object.entries(histories).sort(([, one], [, other]) => one.last_at - other.last_at);
  const bounded = { ...histories };
  for (const [name, history] of quietFirst) {
    let many = 0;
    while (over > 0 && many < history.recent.length) over -= weightOf(history.recent[many++]!);
    bounded[name] = { ...history, recent: withoutOldest(history.recent, many) };
  }
  return bounded;
};

const historyIn = ({ history }: CustomerState, name: string): History | undefined =>
  Object.hasOwn(history, name) ? history[name] : undefined;

const withHistoryOf = (state: CustomerState, name: string, { recent, ...history }: History): CustomerState => {
  const kept = withoutOldest(recent, recent.length - stateBounds.history);
  return { ...state, history: withinSize({ ...state.history, [name]: { ...history, recent: kept } }) };
};

/** The first time and the last of what is known and what is new. */
const times = (known: History | undefined, events: readonly Happened[]): Pick<History, 'first_at' | 'last_at'> => {
  const all = events.map(({ at }) => at);
  if (known && known.count > 0) all.push(known.first_at, known.last_at);
  return all.length === 0 ? { first_at: 0, last_at: 0 } : { first_at: Math.min(...all), last_at: Math.max(...all) };
};

/** With one more event, which may be in there already. @param fields what definitions name of events of this name */
export const withHappened = (state: CustomerState, fact: Fact, fields: readonly string[]): CustomerState => {
  const known = historyIn(state, fact.name);
  // Events come in the order of the log.
  if (known && fact.cursor <= (known.recent.at(-1)?.cursor ?? 0)) return state;
  const event = happened(fact, fields);
  const earlier = known?.recent ?? [];
  const recent = [...earlier, event];
  weights.set(recent, weigh(earlier) + weightOf(event));
  return withHistoryOf(state, fact.name, {
    count: (known?.count ?? 0) + 1,
    ...times(known, [event]),
    recent,
    // Of other fields than the earlier ones were kept with: then the log is still to be read.
    kept: known?.kept ?? keptFields(fields),
  });
};

const inLogOrder = (events: readonly Happened[], others: readonly Happened[]): Happened[] => {
  const byCursor = new Map([...others, ...events].map((event) => [event.cursor, event]));
  return [...byCursor.values()].sort((one, other) => one.cursor - other.cursor);
};

/**
 * With what the log has under a name: the newest events, and how many there are in all. What a state has and the log does
 * not (a visitor's, or what retention took) stays.
 */
export const withHistory = (
  state: CustomerState,
  name: string,
  fields: readonly string[],
  events: readonly Happened[],
  count: number,
): CustomerState => {
  const known = historyIn(state, name);
  return withHistoryOf(state, name, {
    count: Math.max(known?.count ?? 0, count),
    ...times(known, events),
    recent: inLogOrder(events, known?.recent ?? []),
    kept: keptFields(fields),
  });
};

/** With what a visitor did since a moment, each event once; of names whose older events are dropped, what is kept. */
export const withVisitorsHistory = (state: CustomerState, visitor: CustomerState, since: number): CustomerState =>
  Object.entries(visitor.history).reduce((joined, [name, { recent, kept }]) => {
    const known = historyIn(joined, name);
    const own = new Set(known?.recent.map(({ cursor }) => cursor));
    const theirs = recent.filter(({ cursor, at }) => at >= since && !own.has(cursor));
    if (theirs.length === 0) return joined;
    return withHistoryOf(joined, name, {
      count: (known?.count ?? 0) + theirs.length,
      ...times(known, theirs),
      recent: inLogOrder(theirs, known?.recent ?? []),
      kept: known?.kept ?? kept,
    });
  }, state);
