/**
 * A load balancer as simple as they come: a collector that failed somebody is left alone for a while, unless all did.
 */
import type { Chance } from '../support/seeds.ts';

/** Milliseconds. */
const LEFT_ALONE = 2_000;

export interface Balance {
  pick(chance: Chance): string;
  failed(url: string): void;
}

export const balance = (urls: string[]): Balance => {
  const until = new Map<string, number>();
  return {
    pick(chance) {
      const now = performance.now();
      const well = urls.filter((url) => (until.get(url) ?? 0) <= now);
      return chance.pick(well.length > 0 ? well : urls);
    },
    failed: (url) => void until.set(url, performance.now() + LEFT_ALONE),
  };
};
