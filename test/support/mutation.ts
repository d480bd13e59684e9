/**
 * Hostile variants of good JSON: a few places of it replaced, left out, renamed, doubled or wrapped. Random JSON is refused
 * at the first door; what was good before gets to the last one.
 */
import fc from 'fast-check';
import type { Json } from '../../src/wire/event.ts';

/** Stands in every hostile text: whoever repeats a value where none may be repeated repeats this. */
export const CANARY = 'canary-9b1f';

const nested = (levels: number): Json => (levels === 0 ? CANARY : [nested(levels - 1)]);
const wide = (names: number): Json => Object.fromEntries(Array.from({ length: names }, (_, n) => [`k${n}`, n]));

/** Names that mean something to a language, to us, or to nobody. */
export const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'then',
  'length',
  '0',
  '-1',
  '',
  ' ',
  'a.b',
  'a[0]',
  '$where',
  '$gt',
  'polluted',
  "'; DROP TABLE event;--",
  '\ud800',
  '\u0000',
  '\u202e',
  'é'.repeat(300),
] as const;

const oddTexts = [
  '',
  ' ',
  ...names,
  `${CANARY}\u0000`,
  `${CANARY}\n`,
  `${CANARY}'"\`;--`,
  `../../${CANARY}`,
  `<script>${CANARY}</script>`,
  `{{${CANARY}}}`,
  `$${CANARY}`,
  `javascript:${CANARY}`,
  `https://${CANARY}.example`,
  'null',
  'true',
  '1e999',
  '2026-02-30T25:61:61Z',
  `v2.${'A'.repeat(43)}:1`,
  `${'0'.repeat(32)}:${'9'.repeat(16)}`,
] as const;

const oddNumbers = [0, -0, -1, 0.5, 1e21, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 53, -(2 ** 53), 8.64e15, 8.64e15 + 1];

/** JSON that nobody asked for. */
export const hostileJson: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Json>(...oddTexts) },
  { weight: 3, arbitrary: fc.constantFrom<Json>(...oddNumbers, true, false, null) },
  { weight: 2, arbitrary: fc.constantFrom<Json>([], {}, [null], [[]], [{}], { [CANARY]: CANARY }, wide(257)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map(nested) },
  { weight: 1, arbitrary: fc.string({ maxLength: 300 }).map((text) => CANARY + text) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json> },
);

type Holder = { [name: string]: Json } | Json[];
/** Every place of a value: what holds it, and under which name. */
const placesIn = (value: Json, found: [Holder, string][] = []): [Holder, string][] => {
  if (typeof value !== 'object' || value === null) return found;
  for (const name of Object.keys(value)) {
    found.push([value, name]);
    placesIn((value as { [name: string]: Json })[name]!, found);
  }
  return found;
};

/** Also for `__proto__`, which an assignment would take for something else. */
const put = (holder: Holder, name: string, value: Json): void => {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
};

const copyOf = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

type Deed = 'replace' | 'leave out' | 'rename' | 'double' | 'wrap' | 'add';
const deeds: readonly Deed[] = ['replace', 'replace', 'replace', 'leave out', 'rename', 'double', 'wrap', 'add'];
interface Step {
  deed: Deed;
  at: number;
  name: string;
  value: Json;
}
const step: fc.Arbitrary<Step> = fc.record({
  deed: fc.constantFrom(...deeds),
  at: fc.nat(),
  name: fc.constantFrom<string>(...names),
  value: hostileJson,
});

const change = (root: Json, { deed, at, name, value: given }: Step): void => {
  const value = copyOf(given);
  const places = placesIn(root);
  const place = places[at % places.length];
  if (!place) return;
  const [holder, here] = place;
  const there = (holder as { [name: string]: Json })[here]!;
  if (deed === 'replace') put(holder, here, value);
  else if (deed === 'wrap') put(holder, here, at % 2 ? [there] : { [name]: there });
  else if (Array.isArray(holder)) {
    if (deed === 'leave out') holder.splice(Number(here), 1);
    else if (deed === 'double') holder.push(copyOf(there));
    else holder.push(value);
  } else if (deed === 'add' || deed === 'double') put(holder, name, value);
  else {
    delete holder[here];
    if (deed === 'rename') put(holder, name, there);
  }
};

/** A good value with up to four hostile changes, or none. */
export const mutated = (good: fc.Arbitrary<unknown>): fc.Arbitrary<Json> =>
  fc.tuple(good, fc.array(step, { maxLength: 4 })).map(([value, steps]) => {
    const copy = { it: copyOf(value) };
    for (const one of steps) change(copy, one);
    return copy.it ?? null;
  });
