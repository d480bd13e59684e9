/**
 * A value as an operator reads it in a reason: short, whatever an event brought. Pure.
 */
import type { Json } from '../../wire/event.ts';

/** Characters: a reason is read in one line. */
const LONGEST = 60;

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

/** What is nested twice is left out: a reason is made for every event, and an event may have 32 kB. */
const brief = (value: Json, depth: number): string => {
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) {
    if (depth > 1) return '[…]';
    return `[${value
      .slice(0, LONGEST)
      .map((one) => brief(one, depth + 1))
      .join(', ')}]`;
  }
  if (depth > 1) return '{…}';
  const fields = Object.entries(value).map(([name, inside]) => `${JSON.stringify(name)}: ${brief(inside, depth + 1)}`);
  return `{${fields.join(', ')}}`;
};

export const shown = (value: Json): string => cut(brief(value, 0));
