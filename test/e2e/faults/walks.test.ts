/**
 * All faults together, by chance. A seed decides what happens to a visitor, one thing after another; whatever it was, in
 * the end everything called is stored once, in its order, as its user's. `SEEDS=100` walks more of them, `SEED=7` that one.
 */
import { afterEach, expect, onTestFailed, test } from 'vitest';
import { deliveryWorld } from '../../support/delivery.ts';
import { seeds } from '../../support/seeds.ts';
import { Walk } from '../../support/walk.ts';
import { stepsWith } from '../../support/walk-steps.ts';

/** Milliseconds after which a walk on a machine that is busy with other things has gone far enough. */
const FAR = 15_000;

const world = deliveryWorld();
const takeStep = stepsWith();
let walk: Walk | undefined;
afterEach(async () => {
  await walk?.end();
  walk = undefined;
});

test.each(seeds)('whatever happens to a visitor, nothing is lost, doubled or another’s (seed %d)', async (seed) => {
  const steps: string[] = [];
  onTestFailed(() => console.error(`the walk of seed ${seed}:\n${steps.join('\n')}`));
  walk = await Walk.begin(seed, world, steps);
  const end = performance.now() + FAR;
  for (let left = walk.chance.whole(15, 40); left > 0 && performance.now() < end; left--) await takeStep(walk);
  await walk.heal();
  await walk.comeBack();
  expect(await walk.mistakes()).toEqual([]);
});
