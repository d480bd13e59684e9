/**
 * All faults together, by chance, while the collectors and the nodes behind them die as well: one of each at a time. A seed
 * decides, as for walks on one machine; in the end everything called is stored once, in its order, as its user's.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest';
import { type RunningWorld, startWorld } from '../support/delivery-world.ts';
import { type NatsServer, type NatsServers, startNats } from '../support/nats.ts';
import { seeds } from '../support/seeds.ts';
import { Walk } from '../support/walk.ts';
import { stepsWith } from '../support/walk-steps.ts';
import type { Step } from '../support/walk-tabs.ts';
import { startPair } from './pair.ts';

/** Milliseconds after which a walk on a machine that is busy with other things has gone far enough. */
const FAR = 30_000;

let nats: NatsServers;
let world: RunningWorld;
let walk: Walk | undefined;
let dead: NatsServer | undefined;

const healNodes = async (): Promise<void> => {
  await dead?.start();
  dead = undefined;
  await nats.ready();
};
const nodeDies: Step = {
  name: 'a node is killed or comes back',
  weight: 4,
  async take({ chance }) {
    if (dead) {
      await healNodes();
      return 'is back';
    }
    dead = chance.pick(nats.servers);
    await dead.kill();
    return dead.name;
  },
};
const takeStep = stepsWith([nodeDies]);

beforeAll(async () => {
  nats = await startNats({ nodes: 3 });
  world = await startWorld({}, nats.store('walks'), startPair);
});
afterAll(async () => {
  await world?.close();
  await nats?.stop();
});
beforeEach(() => world.renew());
afterEach(async () => {
  await healNodes();
  await walk?.end();
  walk = undefined;
});

test.each(seeds)(
  'whatever happens to a visitor, the nodes and the collectors, nothing is lost, doubled or another’s (seed %d)',
  async (seed) => {
    const steps: string[] = [];
    onTestFailed(() => console.error(`the walk of seed ${seed}:\n${steps.join('\n')}`));
    walk = await Walk.begin(seed, world, steps);
    const end = performance.now() + FAR;
    for (let left = walk.chance.whole(15, 40); left > 0 && performance.now() < end; left--) await takeStep(walk);
    await healNodes();
    await walk.heal();
    await walk.comeBack();
    expect(await walk.mistakes()).toEqual([]);
  },
);
