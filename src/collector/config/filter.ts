/**
 * Filters in the config: which operators there are, and where each may stand. What passes here is what `engine/filter.ts`
 * compiles. No regular expressions, and nothing that runs.
 */
import type { Json } from '../../wire/event.ts';
import { comparisons } from '../engine/comparison.ts';
import type { Filter } from '../engine/definitions.ts';
import { joiners, operators } from '../engine/filter.ts';
import { campaignFilter, type FilterOptions, parseOperand, parseValue, pathProblem } from './filter-value.ts';
import { nearest, type Place } from './place.ts';

/** More than anybody has to say, and no stack or clock minds. */
const MOST_CONDITIONS = 100;
const DEEPEST = 20;

interface Reading extends FilterOptions {
  /** Conditions that may still come. */
  left: number;
}

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
