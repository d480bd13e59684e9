/**
 * Whatever a page can put into a payload: what the collector's read API shows is what the page's own JSON would have said,
 * character by character.
 */
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../../support/browser.ts';
import { deliveryWorld, openReady, sendAll } from '../../support/delivery.ts';
import { seeds } from '../../support/seeds.ts';

const world = deliveryWorld();
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

/** Payloads in all, however many seeds share them. */
const PAYLOADS = Math.ceil(10_000 / seeds.length);
/** As many as a page holds without dropping any. */
const PORTION = 2_500;

/** Any 16 bits are a character to JavaScript, half of a pair too. */
const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
  .map((all) => String.fromCharCode(...all));
const strange = fc.constantFrom(
  '\ud800',
  '\udfff\ud800',
  '\u0000',
  '👩‍👩‍👧‍👦',
  '\u202eevil\u202c',
  '\u2028\u2029',
  '\ufeff',
  'é',
  'e\u0301',
  '</script>',
  '"\\',
);
const text = fc.oneof(
  { weight: 9, arbitrary: units },
  { weight: 9, arbitrary: strange },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(2_000), '\ud800'.repeat(200)) },
);
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(2 ** 53 + 1, -(2 ** 53) - 1, -0, 5e-324, Number.MAX_VALUE, 0.1 + 0.2, Number.NaN),
);
const name = fc.oneof(
  units,
  fc.constantFrom('', '__proto__', 'constructor', 'toString', 'eid', 'payload', 'hash', '0', 'a.b', '$ref'),
);
const nested = (depth: number): fc.Arbitrary<unknown> =>
  fc.integer({ min: 1, max: depth }).map((levels) => {
    let inner: unknown = 'deep';
    for (let level = 0; level < levels; level++) inner = level % 2 ? [inner] : { inner };
    return inner;
  });
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'xsmall', maxDepth: 5 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
    nested(20),
  ),
}));
/** As JSON text: that is what travels to the page, which makes its own values from it. */
const payload = fc.dictionary(name, value, { maxKeys: 4 }).map((all) => JSON.stringify(all));

describe.each(seeds)('payloads by chance, seed %i', (seed) => {
  test(`arrive as they were said, ${PAYLOADS} of them`, async () => {
    const said = fc.sample(payload, { seed, numRuns: PAYLOADS });
    const page = await openReady(await browser.newPage(), world.pages.site + world.page());
    for (let from = 0; from < said.length; from += PORTION) {
      await page.evaluate(
        (texts) => {
          for (const text of texts) window._smartico.event('said', JSON.parse(text));
        },
        said.slice(from, from + PORTION),
      );
      await sendAll(page);
    }
    expect(await page.evaluate(() => window._smartico.losses())).toEqual({});
    expect((await page.evaluate(() => window._smartico.receipts())).dead).toEqual([]);
    const stored = (await world.label.events()).sort((one, other) => one.seq! - other.seq!);
    expect(stored.length).toBe(said.length);
    expect(stored.map((event) => JSON.stringify(event.payload))).toEqual(said);
    await page.close();
  });
});
