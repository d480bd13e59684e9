/**
 * Chance that can be repeated: a number decides every choice, and a test that fails names its number. `SEEDS=20` tries
 * more of them than the usual two, `SEED=7` that one alone.
 */

/** How many seeds a test tries when nobody says otherwise. */
const USUAL = 2;

const named = process.env.SEED;
/** The seeds of this run, from 1. */
export const seeds: readonly number[] =
  named === undefined
    ? Array.from({ length: Number(process.env.SEEDS ?? USUAL) }, (_, index) => index + 1)
    : [Number(named)];

export interface Chance {
  /** From 0 to 1, without 1. */
  share(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  pick<One>(list: readonly One[]): One;
  /** A text of random letters. */
  word(): string;
}

/** Mulberry32: small, well spread, and the same on every machine. */
export const chanceOf = (seed: number): Chance => {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(share() * (most - least + 1));
  return {
    share,
    whole,
    pick: (list) => list[whole(0, list.length - 1)]!,
    word: () => share().toString(36).slice(2),
  };
};
