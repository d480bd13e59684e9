/**
 * A query string, checked: known names only, each of its form. Refuses `bad_query` with the name and the rule.
 */
import { nearest } from '../config/place.ts';
import { Refusal } from '../refusal.ts';

export interface Query {
  text(name: string): string | undefined;
  whole(name: string, from: number, to: number): number | undefined;
  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined;
}

const refuse = (message: string): Refusal => new Refusal('bad_query', message);

export const readQuery = (given: unknown, known: readonly string[]): Query => {
  const values = given as Record<string, string | string[]>;
  for (const name of Object.keys(values)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    throw refuse(
      `there is no "${name.slice(0, 40)}" here${meant ? `; did you mean "${meant}"?` : `; known are ${known.join(', ') || 'none'}`}`,
    );
  }
  const text = (name: string): string | undefined => {
    const value = values[name];
    if (Array.isArray(value)) throw refuse(`"${name}" may stand once`);
    return value === '' ? undefined : value;
  };
  return {
    text,
    whole(name, from, to) {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= from && number <= to) return number;
      throw refuse(`"${name}" must be a whole number of ${from} to ${to}`);
    },
    oneOf(name, choices) {
      const value = text(name);
      if (value === undefined) return undefined;
      const choice = choices.find((one) => one === value);
      if (choice === undefined) throw refuse(`"${name}" must be one of ${choices.join(', ')}`);
      return choice;
    },
  };
};
