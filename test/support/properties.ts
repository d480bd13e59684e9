/**
 * Properties: a sentence that holds for every value of a kind, tried with random ones. A failing one is shrunk and printed
 * with its seed. All files together try more than a hundred thousand; `FUZZ=1000000` tries ten times as many.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seeds } from './seeds.ts';

/** What the numbers at the properties add up to, or a little less. */
const USUAL = 100_000;
const FUZZ = Number(process.env.FUZZ ?? USUAL);
/** How many cases this run tries where it usually tries so many. */
export const casesOf = (usual: number): number => Math.ceil((usual * FUZZ) / USUAL);

/**
 * One test a seed.
 * @param usual cases of all seeds together
 * @param proof throws where it does not hold
 */
export const holds = <Value>(
  sentence: string,
  usual: number,
  values: fc.Arbitrary<Value>,
  proof: (value: Value) => void | Promise<void>,
): void => {
  test.each(seeds)(
    `${sentence} (seed %i)`,
    async (seed) => {
      const property = fc.asyncProperty(values, async (value) => {
        await proof(value);
      });
      await fc.assert(property, { seed, numRuns: Math.ceil(casesOf(usual) / seeds.length) });
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
    600_000,
  );
};
