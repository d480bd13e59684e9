/**
 * Lengths and places of time in the config: `"7d"` to milliseconds, an ISO date to a moment.
 */

import type { Dates, Duration } from '../engine/definitions.ts';
import { fields, type Place } from './place.ts';

const units: { [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DAY = 86_400_000;
/** Ten years: longer ones are meant otherwise. */
const LONGEST_DAYS = 3_660;

export const parseDuration = (at: Place): Duration => {
  const [, number = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(at.text()) ?? [];
  const duration = Number(number) * (units[unit] ?? 0);
  if (duration > 0 && duration <= LONGEST_DAYS * DAY) return duration;
  if (typeof at.value === 'string')
    at.mistake(`must be a duration such as "30s", "15m", "12h" or "7d", above 0 and at most ${LONGEST_DAYS}d`);
  return DAY;
};

const ISO_DAY = /^\d{4}-\d\d-\d\d$/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** `undefined` for what is no date; JavaScript takes the 31st of February for a day of March. */
const moment = (text: string): number | undefined => {
  const at = ISO_DAY.test(text) || ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  const day = Date.parse(text.slice(0, 10));
  return Number.isNaN(at) || new Date(day).toISOString().slice(0, 10) !== text.slice(0, 10) ? undefined : at;
};

const parseDate = (at: Place): number => {
  const found = moment(at.text());
  if (found === undefined && typeof at.value === 'string')
    at.mistake('must be a date such as "2026-03-01", or a time with its zone such as "2026-03-01T12:00:00Z"');
  return found ?? 0;
};

/** A day is all of it, in UTC. */
export const parseDates = (at: Place): Dates => {
  const { from, to } = fields(at, ['from', 'to']);
  if (!from && !to && at.isObject()) at.mistake('must have from, to or both');
  const begins = from && parseDate(from);
  const ends = to && parseDate(to) + (ISO_DAY.test(String(to.value)) ? DAY - 1 : 0);
  if (begins !== undefined && ends !== undefined && begins > ends) at.mistake('has a from after its to');
  return { ...(begins === undefined ? {} : { from: begins }), ...(ends === undefined ? {} : { to: ends }) };
};
