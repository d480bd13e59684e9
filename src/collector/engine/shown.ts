/**
 * A value as an operator reads it in a reason: short, whatever an event brought. Pure.
 */
import type { Json, Payload } from '../../wire/event.ts';

/** Characters: a reason is read in one line. */
const LONGEST = 60;

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

const some = (parts: Iterable<string>): string => {
  let text = '';
  for (const part of parts) {
    if (text.length > LONGEST) break;
    text += text === '' ? part : `, ${part}`;
  }
  return text;
};

function* entries(list: readonly Json[], depth: number): Generator<string> {
  for (const one of list) yield brief(one, depth);
}
function* fields(object: Payload, depth: number): Generator<string> {
  for (const [name, value] of Object.entries(object)) yield `${JSON.stringify(name)}: ${brief(value, depth)}`;
}

/** What is nested twice is left out, and what would be cut is not looked at: each campaign has a reason for each event. */
const brief = (value: Json, depth: number): string => {
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${depth > 1 ? '…' : some(entries(value, depth + 1))}]`;
  return `{${depth > 1 ? '…' : some(fields(value, depth + 1))}}`;
};

export const shown = (value: Json): string => cut(brief(value, 0));
