/**
 * "Had this event, so often, then": asked of what a customer's state keeps of their events. Each of its conditions holds
 * for one span of time, so what the answer will be without another event is known with it. Pure.
 */
import type { Payload, Trust } from '../../wire/event.ts';
import type { CustomerState, Happened, History } from './customer-state.ts';
import type { Dates, EventRule, Range } from './definitions.ts';
import { durationText } from './duration-text.ts';
import { compileFilter } from './filter.ts';
import { rangeText } from './range.ts';
import { lacking } from './reference.ts';
import type { Ask, Situation } from './segment.ts';
import { shown } from './shown.ts';
import { always, holdsAt, never, nextChange, overlap, type Span } from './span.ts';
import { isAtLeast } from './trust.ts';

const DAY = 86_400_000;

/** The events that hold. Those of a window leave it one by one, the oldest first. */
interface Events {
  /** Newest first; empty where nothing but their number matters. */
  times: readonly number[];
  count: number;
  last: number;
}

/** One condition of the rule, asked of the events that hold. */
interface Finding {
  holds: Span;
  fact: string;
  /** What the fact should be; empty where the fact says it. */
  asked: string;
}

const dateText = (at: number): string => new Date(at).toISOString();
const datesText = ({ from, to }: Dates): string =>
  [from === undefined ? [] : `from ${dateText(from)}`, to === undefined ? [] : `to ${dateText(to)}`].flat().join(' ');
const timesText = (event: string, count: number): string => {
  if (count === 0) return `never had ${event}`;
  return count === 1 ? `had ${event} once` : `had ${event} ${count} times`;
};

/** As the operator reads it. */
const wordOf: { [trust in Trust]: string } = {
  unverified: '',
  verified: ' by the word of a verified page or a server',
  server: ' by the word of a server',
};

const isOn = ({ from = -Infinity, to = Infinity }: Dates, at: number): boolean => at >= from && at <= to;

const historyIn = ({ history }: CustomerState, event: string): History | undefined =>
  Object.hasOwn(history, event) ? history[event] : undefined;

export const compileEventRule = (rule: EventRule): Ask => {
  const { event, where, trust = 'unverified', count, within, date, lastDate, daysSinceLast } = rule;
  const said = where && compileFilter(where);
  const lacks = lacking(where ?? {});
  const asksLast = lastDate !== undefined || daysSinceLast !== undefined;
  const most = count?.max ?? Infinity;
  const least = Math.max(count ? (count.min ?? 0) : 1, asksLast ? 1 : 0);
  const such = where ? ` where ${shown(where)}` : '';
  const narrowed = [
    such,
    wordOf[trust],
    within === undefined ? '' : ` in the last ${durationText(within)}`,
    date ? ` ${datesText(date)}` : '',
  ].join('');

  const isAsked = (one: Happened, { now, context }: Situation): boolean =>
    (within === undefined || now - one.at < within) &&
    (date === undefined || isOn(date, one.at)) &&
    isAtLeast(one.trust, trust) &&
    (said === undefined || said(one.fields, context) === null);

  const eventsOf = (history: History | undefined, situation: Situation): Events => {
    if (!history || history.count === 0) return { times: [], count: 0, last: -Infinity };
    if (narrowed === '') return { times: [], count: history.count, last: history.last_at };
    const times = history.recent.flatMap((one) => (isAsked(one, situation) ? one.at : [])).sort((a, b) => b - a);
    return { times, count: times.length, last: times[0] ?? -Infinity };
  };

  /** As long as there are at least so many. */
  const thatMany = (many: number, { times, count }: Events): Span => {
    if (many === 0) return always;
    if (count < many) return never;
    return within === undefined ? always : { from: -Infinity, until: times[many - 1]! + within };
  };

  const oftenEnough = (events: Events): Finding => {
    const tooOften = most === Infinity ? never : thatMany(most + 1, events);
    return {
      holds: overlap([thatMany(least, events), { from: tooOften.until, until: Infinity }]),
      fact: `${timesText(event, events.count)}${narrowed}`,
      asked: count ? rangeText({ min: least, max: most }) : '',
    };
  };

  const lastOn = (dates: Dates, { last }: Events): Finding => ({
    holds: isOn(dates, last) ? always : never,
    fact: `last had ${event}${such} at ${dateText(last)}`,
    asked: datesText(dates),
  });

  /** Whole days that have passed. */
  const daysSince = ({ min = 0, max = Infinity }: Range, { last }: Events, now: number): Finding => ({
    holds: { from: last + min * DAY, until: last + (max + 1) * DAY },
    fact: `last had ${event}${such} ${Math.floor((now - last) / DAY)} days ago`,
    asked: rangeText({ min, max }),
  });

  /** Why the newest one was not counted, which is what somebody who looks for it wants to know. */
  const newest = (history: History | undefined, context: Payload): string => {
    const one = history?.recent.at(-1);
    if (!one) return '';
    const why = isAtLeast(one.trust, trust) ? (said?.(one.fields, context) ?? null) : `the word is ${one.trust}`;
    return why === null ? '' : `; of the last one ${why}`;
  };

  return (situation) => {
    const { state, now, context } = situation;
    const lack = lacks(context);
    if (lack !== null) return { matches: false, why: lack, until: null };
    const history = historyIn(state, event);
    const events = eventsOf(history, situation);
    const findings = [oftenEnough(events)];
    if (lastDate && events.count > 0) findings.push(lastOn(lastDate, events));
    if (daysSinceLast && events.count > 0) findings.push(daysSince(daysSinceLast, events, now));
    const until = nextChange(overlap(findings.map(({ holds }) => holds)), now);
    const against = findings.find(({ holds }) => !holdsAt(holds, now));
    if (!against) return { matches: true, why: findings.map(({ fact }) => fact).join(', '), until };
    const asked = against.asked === '' ? '' : `, not ${against.asked}`;
    const lacking = events.count < least ? newest(history, context) : '';
    return { matches: false, why: `${against.fact}${asked}${lacking}`, until };
  };
};
