/**
 * A load balancer as they all are: a request goes to the collector with the fewest open ones, and one that failed somebody is
 * left alone for a while, unless all did.
 */
import type { Chance } from '../support/seeds.ts';

/** Milliseconds. */
const LEFT_ALONE = 2_000;

export interface Led {
  url: string;
  /** Call with how it ended. */
  ended(how: 'well' | 'badly'): void;
}

export type Balance = (chance: Chance) => Led;

export const balance = (urls: string[]): Balance => {
  const collectors = urls.map((url) => ({ url, open: 0, leftAloneUntil: 0 }));
  return (chance) => {
    const now = performance.now();
    const well = collectors.filter(({ leftAloneUntil }) => leftAloneUntil <= now);
    const able = well.length > 0 ? well : collectors;
    const fewest = Math.min(...able.map(({ open }) => open));
    const one = chance.pick(able.filter(({ open }) => open === fewest));
    one.open++;
    return {
      url: one.url,
      ended(how) {
        one.open--;
        if (how === 'badly') one.leftAloneUntil = performance.now() + LEFT_ALONE;
      },
    };
  };
};
