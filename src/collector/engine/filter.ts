/**
 * Filters over a payload, in the words of Mongo: compiled once, then asked of any number of payloads. The answer is the
 * first condition that said no, with what was found. Pure. What may stand in a filter is `config/filter.ts`'s to say; a
 * filter here has passed it. Only own properties are looked at.
 */
import type { Json, Payload } from '../../wire/event.ts';
import { type Comparison, compare, comparisons } from './comparison.ts';
import type { Filter } from './definitions.ts';
import { isLiteral, lacking } from './reference.ts';
import { shown } from './shown.ts';

/** `null`: it holds. Else the first condition that said no, with its path and what was found there. */
export type Said = string | null;
/** @param context the event that began it all, where a filter names its fields */
export type Asked<Subject> = (subject: Subject, context: Payload) => Said;
/** What a path leads to: nothing, one value, or one for each entry of the lists on its way. */
export type Found = readonly Json[];

/** Operators that join filters; they stand where paths stand. */
export const joiners = ['$and', '$or', '$nor'] as const;
/** Operators behind a path. */
export const operators = [...comparisons, '$not', '$elemMatch'] as const;

const isObject = (value: Json | undefined): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const holdsOperators = (value: Json): value is Filter =>
  isObject(value) && !isLiteral(value) && Object.keys(value).some((name) => name.startsWith('$'));

const every = <Subject>(conditions: Asked<Subject>[]): Asked<Subject> => {
  const [only] = conditions;
  if (only && conditions.length === 1) return only;
  return (subject, context) => {
    for (const condition of conditions) {
      const said = condition(subject, context);
      if (said !== null) return said;
    }
    return null;
  };
};

const anyOf =
  <Subject>(conditions: Asked<Subject>[]): Asked<Subject> =>
  (subject, context) => {
    const said: string[] = [];
    for (const condition of conditions) {
      const one = condition(subject, context);
      if (one === null) return null;
      said.push(one);
    }
    return said.join(', and ');
  };

const none = <Subject>(conditions: Asked<Subject>[], asked: Json): Asked<Subject> => {
  const lacks = lacking(asked);
  return (subject, context) => {
    const lack = lacks(context);
    if (lack !== null) return lack;
    const holds = conditions.some((condition) => condition(subject, context) === null);
    return holds ? `holds ${shown(asked)}, and must not` : null;
  };
};

/** Operators for an entry that is a value, a filter for one that is an object. */
const ofEntry = (asked: Filter): Asked<Json> => {
  if (Object.keys(asked).some((name) => operators.some((one) => one === name))) {
    const condition = behind(asked);
    return (entry, context) => condition([entry], context);
  }
  const condition = compileFilter(asked);
  return (entry, context) => (isObject(entry) ? condition(entry, context) : 'is no object');
};

/** Some entry of a list that was found holds all of it. */
const someEntry = (asked: Filter): Asked<Found> => {
  const condition = ofEntry(asked);
  const lacks = lacking(asked);
  return (found, context) => {
    const lack = lacks(context);
    if (lack !== null) return lack;
    const holds = (entry: Json): boolean => condition(entry, context) === null;
    if (found.some((list) => Array.isArray(list) && list.some(holds))) return null;
    return found.length === 0 ? 'is missing' : `${shown(found[0]!)} has no entry that holds ${shown(asked)}`;
  };
};

/** All the operators behind one path. */
const behind = (asked: Filter): Asked<Found> =>
  every(
    Object.entries(asked).map(([operator, operand]) => {
      if (operator === '$not') return none([behind(operand as Filter)], operand);
      if (operator === '$elemMatch') return someEntry(operand as Filter);
      return compare(operator as Comparison, operand);
    }),
  );

const reached = (value: Json, steps: readonly string[], at: number, found: Json[]): Found => {
  const step = steps[at];
  if (step === undefined) found.push(value);
  else if (Array.isArray(value) && !/^\d+$/.test(step)) for (const one of value) reached(one, steps, at, found);
  else if (typeof value === 'object' && value !== null && Object.hasOwn(value, step))
    reached((value as Payload)[step]!, steps, at + 1, found);
  return found;
};

const atPath = (path: string, condition: Asked<Found>): Asked<Payload> => {
  const steps = path.split('.');
  return (subject, context) => {
    const said = condition(reached(subject, steps, 0, []), context);
    return said === null ? null : `${path}: ${said}`;
  };
};

export const compileFilter = (filter: Filter): Asked<Payload> =>
  every(
    Object.entries(filter).map(([name, asked]) => {
      switch (name) {
        case '$and':
          return every((asked as Filter[]).map(compileFilter));
        case '$or':
          return anyOf((asked as Filter[]).map(compileFilter));
        case '$nor':
          return none((asked as Filter[]).map(compileFilter), asked);
        default:
          return atPath(name, holdsOperators(asked) ? behind(asked) : compare('$eq', asked));
      }
    }),
  );

/** The same of one value that has a name of its own, whatever it is: `{ "$gt": 5 }`. */
export const compileOperators = (asked: Filter): Asked<Json | undefined> => {
  const condition = behind(asked);
  return (value, context) => condition(value === undefined ? [] : [value], context);
};

/** The first parts of its paths: what must be kept of an event for it to be asked later. */
export const fieldsIn = (filter: Filter): string[] => [
  ...new Set(
    Object.entries(filter).flatMap(([name, asked]) =>
      joiners.some((one) => one === name) ? (asked as Filter[]).flatMap(fieldsIn) : [name.split('.')[0]!],
    ),
  ),
];
