/**
 * When it is too late in the evening to write to somebody, by the clock on their own wall. Pure.
 */

/** Minutes of the day, 0 to 1439; from a later one to an earlier one is over midnight, from one to itself never. */
export interface QuietHours {
  from: number;
  to: number;
}

const MINUTE = 60_000;
/** Clocks are put forward and back at such a moment: between two of them a wall's clock runs as ours does. */
const QUARTER = 15 * MINUTE;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** Making one costs more than all else here; customers may claim any number of zones. */
const clocks = new Map<string, Intl.DateTimeFormat>();
const MOST_CLOCKS = 1_000;

const clockOf = (zone: string): Intl.DateTimeFormat => {
  const known = clocks.get(zone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (clocks.size >= MOST_CLOCKS) clocks.clear();
  clocks.set(zone, clock);
  return clock;
};

/** Whether anybody's clock is in this zone. */
export const isTimeZone = (zone: string): boolean => {
  try {
    clockOf(zone);
    return true;
  } catch {
    return false; // a RangeError: no such zone
  }
};

const minuteOfDay = (clock: Intl.DateTimeFormat, at: number): number => {
  const [hour, minute] = clock.format(at).split(':').map(Number) as [number, number];
  return hour * HOUR_MINUTES + minute;
};

const isQuiet = ({ from, to }: QuietHours, minute: number): boolean =>
  from <= to ? from <= minute && minute < to : from <= minute || minute < to;

/** The first moment that is not quiet: `now` itself, or a later one. */
export const quietUntil = (quiet: QuietHours, zone: string, now: number): number => {
  const clock = clockOf(zone);
  let at = now;
  let minute = minuteOfDay(clock, at);
  while (isQuiet(quiet, minute)) {
    const left = (quiet.to - minute + DAY_MINUTES) % DAY_MINUTES;
    const end = at - (at % MINUTE) + left * MINUTE;
    const nextQuarter = at - (at % QUARTER) + QUARTER;
    at = Math.min(end, nextQuarter);
    minute = minuteOfDay(clock, at);
  }
  return at;
};
