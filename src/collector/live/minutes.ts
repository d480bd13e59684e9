/**
 * The last 60 minutes as numbers and as bars. Pure: counts in, places and heights out; `chart.ts` draws them.
 */
import type { Minute } from './shapes.ts';
import { count, countOf, minuteText } from './words.ts';

export const MINUTE = 60_000;
export const SHOWN_MINUTES = 60;
export const outcomes = ['stored', 'duplicate', 'rejected'] as const;
export type Outcome = (typeof outcomes)[number];

const none = (minute: number): Minute => ({ minute, stored: 0, duplicate: 0, rejected: 0 });

/** The 60 minutes that end now, oldest first, with what is known of each. */
export const lastHour = (known: Minute[], now: number): Minute[] => {
  const last = Math.floor(now / MINUTE) * MINUTE;
  const byMinute = new Map(known.map((one) => [one.minute, one]));
  return Array.from({ length: SHOWN_MINUTES }, (_, index) => {
    const minute = last - (SHOWN_MINUTES - 1 - index) * MINUTE;
    return byMinute.get(minute) ?? none(minute);
  });
};

export const total = ({ stored, duplicate, rejected }: Minute): number => stored + duplicate + rejected;

export const totals = (minutes: Minute[]): { [outcome in Outcome]: number } => {
  const sum = (outcome: Outcome): number => minutes.reduce((so, one) => so + one[outcome], 0);
  return { stored: sum('stored'), duplicate: sum('duplicate'), rejected: sum('rejected') };
};

/** The top of the scale: a round number that a person can halve in the head. */
export const scaleTop = (minutes: Minute[]): number => {
  const most = Math.max(4, ...minutes.map(total));
  const size = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * size).find((top) => top >= most && top % 2 === 0) ?? most;
};

export interface Bar {
  outcome: Outcome;
  /** In hundredths of the chart's height, from its top. */
  top: number;
  height: number;
}

/** One minute as bars on each other. What is not zero is seen: one rejection among thousands keeps two hundredths. */
export const barsOf = (minute: Minute, top: number): Bar[] => {
  let foot = 100;
  return outcomes
    .filter((outcome) => minute[outcome])
    .map((outcome) => {
      const height = Math.min(foot, Math.max(2, (minute[outcome] / top) * 100));
      foot -= height;
      return { outcome, top: foot, height };
    });
};

export const minuteWords = ({ minute, stored, duplicate, rejected }: Minute): string =>
  `${minuteText(minute)} · ${count(stored)} stored, ${countOf(duplicate, 'duplicate')}, ${count(rejected)} rejected`;

export const hourWords = (minutes: Minute[]): string => {
  const busiest = minutes.reduce((one, other) => (total(other) > total(one) ? other : one));
  return total(busiest)
    ? `Busiest minute ${minuteText(busiest.minute)}, ${countOf(total(busiest), 'event')}`
    : 'No events in the last 60 minutes';
};
