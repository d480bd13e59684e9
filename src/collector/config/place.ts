/**
 * A value in a JSON document and the path to it. Asked for a type, it gives the value or writes down a mistake and
 * gives something harmless, so that one reading finds every mistake. Knows nothing of what the document means.
 */

export interface Mistake {
  /** `labels[0].keys.public[1]` */
  path: string;
  reason: string;
}

export interface Place {
  readonly path: string;
  readonly value: unknown;
  mistake(reason: string): void;
  /** Not empty. */
  text(): string;
  number(range: { from?: number; above?: number; to?: number }): number | undefined;
  whole(from: number, to: number): number | undefined;
  flag(): boolean;
  oneOf<Choice extends string>(choices: readonly Choice[]): Choice | undefined;
  list(): Place[];
  isObject(): boolean;
  /** An object's names, whatever they are, with their places. */
  entries(): [name: string, inside: Place][];
  orNull<T>(read: (here: Place) => T): T | null;
  /** A place further in, whose mistakes are written down with this one's. */
  inside(value: unknown, path: string): Place;
}

/** Nobody reads more at once, and a document may hold a hundred thousand. */
const MOST_MISTAKES = 50;
/** A longer name is no misspelt one. */
const LONGEST_NAME = 64;

const typeName = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

export const place = (value: unknown, path: string, mistakes: Mistake[]): Place => {
  const mistake = (reason: string): void => {
    // A value that is read twice is wrong once.
    if (mistakes.length < MOST_MISTAKES && !mistakes.some((one) => one.path === path && one.reason === reason))
      mistakes.push({ path, reason });
  };
  const here: Place = {
    path,
    value,
    mistake,
    text() {
      if (typeof value === 'string' && value !== '') return value;
      mistake(`must be a text that is not empty, got ${value === '' ? 'an empty one' : typeName(value)}`);
      return '';
    },
    number({ from = 0, above, to }) {
      const most = to === undefined ? ' or more' : ` to ${to}`;
      const least = above === undefined ? `of ${from}${most}` : `above ${above}`;
      const fits =
        typeof value === 'number' && (above === undefined ? value >= from : value > above) && value <= (to ?? Infinity);
      if (fits) return value;
      mistake(`must be a number ${least}, got ${typeof value === 'number' ? value : typeName(value)}`);
      return undefined;
    },
    whole(from, to) {
      if (Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to) return value as number;
      mistake(`must be a whole number of ${from} to ${to}`);
      return undefined;
    },
    flag() {
      if (typeof value === 'boolean') return value;
      mistake(`must be true or false, got ${typeName(value)}`);
      return false;
    },
    oneOf(choices) {
      const choice = choices.find((one) => one === value);
      if (choice === undefined) mistake(`must be one of ${choices.map((one) => `"${one}"`).join(', ')}`);
      return choice;
    },
    list() {
      if (Array.isArray(value)) return value.map((one, index) => here.inside(one, `${path}[${index}]`));
      mistake(`must be an array, got ${typeName(value)}`);
      return [];
    },
    isObject: () => typeof value === 'object' && value !== null && !Array.isArray(value),
    entries() {
      if (here.isObject())
        return Object.entries(value as object).map(([name, inner]) => [
          name,
          here.inside(inner, path === '' ? name : `${path}.${name}`),
        ]);
      mistake(`must be an object, got ${typeName(value)}`);
      return [];
    },
    orNull: (read) => (value === null ? null : read(here)),
    inside: (inner, innerPath) => place(inner, innerPath, mistakes),
  };
  return here;
};

/** How many letters must change to make `a` of `b`. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
};

/** The known name that somebody probably meant. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  if (name.length > LONGEST_NAME) return undefined;
  const ranked = known.map((one) => ({ one, far: distance(name.toLowerCase(), one.toLowerCase()) }));
  const best = ranked.sort((a, b) => a.far - b.far)[0];
  return best && best.far <= Math.max(2, best.one.length / 3) ? best.one : undefined;
};

/** The named places of an object; unknown names and missing required ones are mistakes. */
export const fields = <Name extends string>(
  at: Place,
  known: readonly Name[],
  required: readonly Name[] = [],
): { [name in Name]?: Place } => {
  const found: { [name in Name]?: Place } = {};
  for (const [name, inside] of at.entries()) {
    if (known.includes(name as Name)) found[name as Name] = inside;
    else {
      const meant = nearest(name, known);
      inside.mistake(
        `is not a name that is known here${meant ? `; did you mean "${meant}"?` : ` (${known.join(', ')})`}`,
      );
    }
  }
  if (!at.isObject()) return found;
  const inside = (name: string): string => (at.path === '' ? name : `${at.path}.${name}`);
  for (const name of required) if (found[name] === undefined) at.inside(undefined, inside(name)).mistake('is missing');
  return found;
};
