/**
 * Filters in the config: which operators there are, how a path is written, and where `$name` may stand. What passes here
 * is what `engine/filter.ts` compiles. No regular expressions, and nothing that runs.
 */
import type { Json } from '../wire/event.ts';
import { nearest, type Place } from './config-place.ts';
import { type Comparison, comparisons } from './engine/comparison.ts';
import type { Filter } from './engine/definitions.ts';
import { joiners, operators } from './engine/filter.ts';

/** More than anybody has to say, and no stack or clock minds. */
const MOST_CONDITIONS = 100;
const DEEPEST = 20;

const PART = '[A-Za-z_][A-Za-z0-9_]*';
const PATH = new RegExp(`^${PART}(\\.[A-Za-z0-9_]+)*$`);
const PATH_RULE = 'a path is field codes of letters, digits and underscores, joined by dots';
const refusedParts = ['__proto__', 'constructor', 'prototype'];

/** Why something is no path into a payload. */
export const pathProblem = (path: string): string | undefined => {
  if (path.includes('-')) return `has a hyphen, which no field code may have: ${PATH_RULE}`;
  if (!PATH.test(path)) return `is no path into an event: ${PATH_RULE}`;
  const part = path.split('.').find((one) => refusedParts.includes(one));
  return part && `names ${part}, which is no field of an event`;
};

export interface FilterOptions {
  /** Whether there is an event that began it all, whose fields `"$name"` stands for. */
  references: boolean;
}

/** A campaign is begun by an event. */
export const campaignFilter: FilterOptions = { references: true };

interface Reading extends FilterOptions {
  /** Conditions that may still come. */
  left: number;
}

const parseText = (at: Place, text: string, { references }: FilterOptions): Json => {
  if (!text.startsWith('$')) return text;
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
  if (typeof at.value === 'number' || typeof at.value === 'string') return parseValue(at, options);
  at.mistake('must be a number or a text to compare with');
  return null;
};

const parseScalars = (at: Place, options: FilterOptions): Json =>
  at.list().map((one) => {
    const value = parseValue(one, options);
    if (typeof value !== 'object' || value === null) return value;
    const inside = (value as { $literal: Json }).$literal;
    if (typeof inside === 'object' && inside !== null) one.mistake('must be one value: a list has no lists in it');
    return value;
  });

const parseOperand = (operator: Comparison, at: Place, options: FilterOptions): Json => {
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
      return typeof at.value === 'string' && at.value.startsWith('$')
        ? parseValue(at, options)
        : parseScalars(at, options);
    case '$all':
      if (Array.isArray(at.value) && at.value.length === 0) at.mistake('must have at least one entry');
      return parseScalars(at, options);
    case '$exists':
      return at.flag();
    case '$size':
      if (!Number.isSafeInteger(at.value)) at.mistake('must be a whole number');
      return at.number({}) ?? 0;
  }
};

const isOperator = <Operator extends string>(list: readonly Operator[], name: string): name is Operator =>
  list.some((one) => one === name);

const noOperatorProblem = (name: string, known: readonly string[]): string => {
  if (name === '$regex') return 'is a regular expression, which no filter takes';
  if (!name.startsWith('$')) return `is no operator; a field further in is a path such as "a.${name}"`;
  const meant = nearest(name, known);
  return `is not an operator that is known here${meant ? `; did you mean "${meant}"?` : ` (${known.join(', ')})`}`;
};

/** What stands behind a path. */
const parseBehind = (at: Place, reading: Reading, depth: number): Json => {
  if (!at.isObject()) return parseValue(at, reading);
  const names = Object.keys(at.value as object);
  return names.includes('$literal') ? parseValue(at, reading) : parseOperators(at, reading, depth);
};

const parseOperators = (at: Place, reading: Reading, depth: number): Filter => {
  if (isTooDeep(at, depth)) return {};
  const entries = at.entries();
  if (at.isObject() && entries.length === 0) at.mistake('must have at least one operator');
  return Object.fromEntries(
    entries.map(([name, operand]): [string, Json] => {
      if (name === '$not') return [name, parseOperators(operand, reading, depth + 1)];
      if (name === '$elemMatch') return [name, parseEntry(operand, reading, depth + 1)];
      if (isOperator(comparisons, name)) return [name, parseOperand(name, operand, reading)];
      operand.mistake(noOperatorProblem(name, operators));
      return [name, null];
    }),
  );
};

/** Operators for an entry that is a value, a filter for one that is an object. */
const parseEntry = (at: Place, reading: Reading, depth: number): Filter => {
  const [first] = at.isObject() ? Object.keys(at.value as object) : [];
  return first !== undefined && isOperator(operators, first)
    ? parseOperators(at, reading, depth)
    : parseConditions(at, reading, depth);
};

const isTooDeep = (at: Place, depth: number): boolean => {
  if (depth > DEEPEST) at.mistake(`is more than ${DEEPEST} filters deep`);
  return depth > DEEPEST;
};

const parseFilters = (at: Place, reading: Reading, depth: number): Filter[] => {
  if (Array.isArray(at.value) && at.value.length === 0) at.mistake('must have at least one filter');
  return at.list().map((one) => parseConditions(one, reading, depth));
};

const parseConditions = (at: Place, reading: Reading, depth: number): Filter => {
  if (isTooDeep(at, depth)) return {};
  return Object.fromEntries(
    at.entries().map(([name, asked]): [string, Json] => {
      if (isOperator(joiners, name)) return [name, parseFilters(asked, reading, depth + 1)];
      if (isOperator(operators, name)) asked.mistake('stands behind a path, as in { "amount": { "$gt": 5 } }');
      else if (name.startsWith('$')) asked.mistake(noOperatorProblem(name, joiners));
      else {
        const problem = pathProblem(name);
        if (problem) asked.mistake(problem);
        if (reading.left-- === 0) asked.mistake(`is one of more than ${MOST_CONDITIONS} conditions`);
        return [name, parseBehind(asked, reading, depth + 1)];
      }
      return [name, null];
    }),
  );
};

/** A filter over the fields of an event. */
export const parseFilter = (at: Place, options: FilterOptions = campaignFilter): Filter =>
  parseConditions(at, { ...options, left: MOST_CONDITIONS }, 0);

/** Operators for one value that has a name of its own. */
export const parseValueFilter = (at: Place, options: FilterOptions): Filter =>
  parseOperators(at, { ...options, left: MOST_CONDITIONS }, 0);
