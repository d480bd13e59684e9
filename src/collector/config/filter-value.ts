/**
 * What stands in a filter in the place of a value, in the config: how a path is written, where `$name` may stand, and what
 * each comparison takes.
 */
import type { Json } from '../../wire/event.ts';
import type { Comparison } from '../engine/comparison.ts';
import { isReference, plain } from '../engine/reference.ts';
import type { Place } from './place.ts';

const PART = '[A-Za-z_][A-Za-z0-9_]*';
const PATH = new RegExp(`^${PART}(\\.[A-Za-z0-9_]+)*$`);
const PATH_RULE = 'a path is field codes of letters, digits and underscores, joined by dots';
const refusedParts = ['__proto__', 'constructor', 'prototype'];

/** Why something is no path into a payload. */
export const pathProblem = (path: string): string | undefined => {
  if (!PATH.test(path.replaceAll('-', '_'))) return `is no path into an event: ${PATH_RULE}`;
  if (path.includes('-')) return `has a hyphen, which no field code may have: ${PATH_RULE}`;
  const part = path.split('.').find((one) => refusedParts.includes(one));
  return part && `names ${part}, which is no field of an event`;
};

export interface FilterOptions {
  /** Whether there is an event that began it all, whose fields `"$name"` stands for. */
  references: boolean;
}

/** A campaign is begun by an event. */
export const campaignFilter: FilterOptions = { references: true };

const parseText = (at: Place, text: string, { references }: FilterOptions): Json => {
  if (!isReference(text)) return text;
  const problem = pathProblem(text.slice(1));
  if (problem)
    at.mistake(`begins with $ and ${problem}; for text as it is, write { "$literal": ${JSON.stringify(text)} }`);
  else if (!references) at.mistake('is a field of the event that began it all, and here there is none');
  return text;
};

/** A text, a number, true, false or null; a reference; or whatever `$literal` says. */
export const parseValue = (at: Place, options: FilterOptions): Json => {
  const { value } = at;
  if (typeof value === 'string') return parseText(at, value, options);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (at.isObject() && Object.keys(value as object).join() === '$literal') return value as Json;
  at.mistake('must be a text, a number, true, false or null; for anything else as it is, write { "$literal": … }');
  return null;
};

const parseOrdered = (at: Place, options: FilterOptions): Json => {
  const value = parseValue(at, options);
  if (typeof plain(value) !== 'number' && typeof plain(value) !== 'string') at.mistake('must be a number or a text');
  return value;
};

const parseScalars = (at: Place, options: FilterOptions): Json =>
  at.list().map((one) => {
    const value = parseValue(one, options);
    const meant = plain(value);
    if (typeof meant === 'object' && meant !== null) one.mistake('must be one value, no list or object');
    return value;
  });

export const parseOperand = (operator: Comparison, at: Place, options: FilterOptions): Json => {
  switch (operator) {
    case '$eq':
    case '$ne':
      return parseValue(at, options);
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return parseOrdered(at, options);
    case '$in':
    case '$nin':
      return typeof at.value === 'string' && isReference(at.value)
        ? parseValue(at, options)
        : parseScalars(at, options);
    case '$all':
      if (Array.isArray(at.value) && at.value.length === 0) at.mistake('must have at least one entry');
      return parseScalars(at, options);
    case '$exists':
      return at.flag();
    case '$size':
      return at.whole(0, Number.MAX_SAFE_INTEGER) ?? 0;
  }
};
