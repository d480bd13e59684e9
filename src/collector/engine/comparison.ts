/**
 * One comparison of what was found at a path with what is asked, by `sift`: it knows what Mongo means by each, lists
 * included (those of plain values are only looked up). It is handed single comparisons of plain values, never a query that
 * somebody wrote. Pure.
 */
import sift from 'sift';
import type { Json, Payload } from '../../wire/event.ts';
import type { Asked, Found } from './filter.ts';
import { fieldOf, isReference, plain, referencesIn } from './reference.ts';
import { shown } from './shown.ts';

/** Why one said no. */
const refusals = {
  $eq: (found: string, asked: string) => `${found} is not ${asked}`,
  $ne: (found: string, asked: string) => `${found} is ${asked}, and must not`,
  $gt: (found: string, asked: string) => `${found} is not above ${asked}`,
  $gte: (found: string, asked: string) => `${found} is not ${asked} or more`,
  $lt: (found: string, asked: string) => `${found} is not below ${asked}`,
  $lte: (found: string, asked: string) => `${found} is not ${asked} or less`,
  $in: (found: string, asked: string) => `${found} is not one of ${asked}`,
  $nin: (found: string, asked: string) => `${found} is one of ${asked}, and must not`,
  $exists: (found: string) => `is ${found}, and must not be there`,
  $size: (found: string, asked: string) => `${found} has not ${asked} entries`,
  $all: (found: string, asked: string) => `${found} has not all of ${asked}`,
};
export type Comparison = keyof typeof refusals;
export const comparisons = Object.keys(refusals) as Comparison[];

/** What these say must be true of every value that was found, of the others of some value. */
const saysOfEvery = (comparison: Comparison): boolean => comparison === '$ne' || comparison === '$nin';

type Test = (found: Json | undefined) => boolean;

/** A field of the event is compared as it comes: for `sift` to compile each value anew takes longer than all the rest. */
type Fits = (found: Json | undefined, asked: Json) => boolean;
const equal: Fits = (found, asked) => (found ?? null) === asked;
const among: Fits = (found, asked) => (Array.isArray(asked) ? asked.includes(found ?? null) : equal(found, asked));
const ordered =
  (fits: (found: string | number, asked: string | number) => boolean): Fits =>
  (found, asked) =>
    (typeof found === 'number' && typeof asked === 'number' && fits(found, asked)) ||
    (typeof found === 'string' && typeof asked === 'string' && fits(found, asked));
const fitting: { [comparison in Comparison]?: Fits } = {
  $in: among,
  $nin: among,
  $gt: ordered((found, asked) => found > asked),
  $gte: ordered((found, asked) => found >= asked),
  $lt: ordered((found, asked) => found < asked),
  $lte: ordered((found, asked) => found <= asked),
};

/** Lists without references are looked up: of a long one and an event's, each with each would hold up everybody. */
const lookups: { [comparison in Comparison]?: (asked: ReadonlySet<Json>) => (found: readonly Json[]) => boolean } = {
  $in: (asked) => (found) => found.some((one) => asked.has(one)),
  $nin: (asked) => (found) => !found.some((one) => asked.has(one)),
  $all: (asked) => (found) => {
    const there = new Set(found);
    return [...asked].every((one) => there.has(one));
  },
};

/** A reference, and what the event has there while it is asked. */
interface Field {
  name: string;
  read(context: Payload): Json | undefined;
  value: Json;
}

/** @param fieldOf the reference that a text in the operand is */
const testOf = (comparison: Comparison, operand: Json, fieldOf: (reference: string) => Field): Test => {
  const fitted = (reference: string, fits: Fits): Test => {
    const field = fieldOf(reference);
    return (found) => fits(found, field.value);
  };
  if (isReference(operand))
    return sift({ [saysOfEvery(comparison) ? '$ne' : '$eq']: fitted(operand, fitting[comparison] ?? equal) });
  const lookup = Array.isArray(operand) && !operand.some(isReference) ? lookups[comparison] : undefined;
  if (lookup) {
    const isFound = lookup(new Set((operand as Json[]).map(plain)));
    return (found) => isFound(Array.isArray(found) ? found : [found ?? null]);
  }
  if (Array.isArray(operand))
    return sift({ [comparison]: operand.map((one) => (isReference(one) ? fitted(one, equal) : plain(one))) });
  return sift({ [comparison]: plain(operand) });
};

export const compare = (comparison: Comparison, operand: Json): Asked<Found> => {
  const fields = new Map(
    referencesIn(operand).map((name): [string, Field] => [name, { name, read: fieldOf(name), value: null }]),
  );
  const takesList = isReference(operand) && fitting[comparison] === among;
  const test = testOf(comparison, operand, (name) => fields.get(name)!);

  /** Why a reference is no value to compare with. */
  const lacks = (context: Payload): string | undefined => {
    for (const field of fields.values()) {
      const value = field.read(context);
      if (value === undefined) return `${field.name} is not in the event`;
      if (typeof value === 'object' && value !== null && !(takesList && Array.isArray(value)))
        return `${field.name} is ${shown(value)}, and must be one value`;
      field.value = value;
    }
    return undefined;
  };
  const holds = (found: Found): boolean => {
    if (found.length < 2) return test(found[0]);
    return saysOfEvery(comparison) ? found.every((one) => test(one)) : found.some((one) => test(one));
  };
  const meant = (one: Json): Json => (isReference(one) ? fields.get(one)!.value : plain(one));
  const told = (): string => {
    const asked = shown(Array.isArray(operand) ? operand.map(meant) : meant(operand));
    return isReference(operand) ? `${asked} (${operand})` : asked;
  };
  const constant = fields.size === 0 ? told() : undefined;

  return (found, context) => {
    if (fields.size > 0) {
      const lacking = lacks(context);
      if (lacking !== undefined) return lacking;
    }
    if (holds(found)) return null;
    if (found.length === 0) return 'is missing';
    return refusals[comparison](shown(found.length === 1 ? found[0]! : [...found]), constant ?? told());
  };
};
