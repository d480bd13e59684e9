/**
 * Five thousand events through two collectors over three nodes, real processes all, while one of each is killed. The long
 * version, with every way to die, is `npm run test:cluster`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientsOf } from './clients.ts';
import { holderKilled, leaderKilled } from './deaths.ts';
import { type Ground, startGround } from './ground.ts';
import { type Stage, trialOf } from './trial.ts';
import { judgeOf } from './verdict.ts';

/** Before each death, while what died is gone, and after it is back. */
const EVENTS = 850;

let ground: Ground;
let stage: Stage;
beforeAll(async () => {
  ground = await startGround('cluster');
  const clients = clientsOf(
    ground.collectors.map(({ url }) => url),
    1,
  );
  stage = { ground, clients, judge: judgeOf(ground, clients) };
});
afterAll(() => ground?.close());

test.each([leaderKilled, holderKilled].map((death) => [death.name, death] as const))(
  'when %s is killed, every acknowledged event is there once on both collectors, and what follows from it happens once',
  async (_, death) => {
    const { acknowledged, defects } = await trialOf(death, stage, EVENTS);
    expect(defects).toEqual([]);
    expect(acknowledged).toBeGreaterThanOrEqual(3 * EVENTS);
  },
);
