/**
 * Names in definitions: those that a definition goes by, and those by which one calls another.
 */
import { limits } from '../../wire/limits.ts';
import { nearest, type Place } from './place.ts';

/** Why nothing may go by this name; `undefined` for a good one. */
const nameProblem = (name: string): string | undefined => {
  if (name.trim() === '') return 'has no name';
  if (name.length > limits.nameLength) return `has a name of more than ${limits.nameLength} characters`;
  // Customers' documents are objects by name, and every object of JavaScript's has these already.
  return name in Object.prototype ? "is named by a word of JavaScript's own; choose another name" : undefined;
};

/** A name in the place of a text: of an event, a badge. */
export const readName = (at: Place): string => {
  const name = at.text();
  const problem = name === '' ? undefined : nameProblem(name);
  if (problem) at.mistake(problem);
  return name;
};

/** Definitions by name, in the order in which they stand. */
export const namedEntries = (at: Place, most: number): [name: string, inside: Place][] => {
  const entries = at.entries();
  if (entries.length > most) at.mistake(`has more than ${most} entries`);
  for (const [name, inside] of entries) {
    const problem = nameProblem(name);
    if (problem) inside.mistake(problem);
  }
  return entries.slice(0, most);
};

/** A name that must be one of others, which the config has somewhere else. */
export const readReference = (at: Place, known: readonly string[], what: string): string => {
  const name = at.text();
  if (name === '' || known.includes(name)) return name;
  const meant = nearest(name, known);
  at.mistake(`names ${what} that is not there${meant === undefined ? '' : `; did you mean "${meant}"?`}`);
  return name;
};
