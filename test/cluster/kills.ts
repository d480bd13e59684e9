/**
 * Every way to die in turn, on one cluster that is never made anew: what one death left behind is there for the next. Chance
 * decides their order; `SEEDS=5` goes through all of them five times, `SEED=7` in that one order.
 */
import { type Chance, chanceOf, seeds } from '../support/seeds.ts';
import { clientsOf } from './clients.ts';
import { collectorKilled, type Death, deaths } from './deaths.ts';
import { startGround } from './ground.ts';
import type { Asked, Told } from './main.ts';
import { type Trial, trialOf } from './trial.ts';
import { trialTable } from './trial-table.ts';
import { judgeOf } from './verdict.ts';

/** Events of a run, of one seed, at the least. */
const EVENTS = 100_000;
/** Of one death: before it and after it; most have one in between. */
const STRETCHES = 2;

const shuffled = <One>(list: One[], chance: Chance): One[] =>
  list
    .map((one) => ({ one, place: chance.share() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);

const inOrderOf = async (seed: number, { store, share, log }: Asked): Promise<Trial[]> => {
  const chance = chanceOf(seed);
  const order: Death[] = store === 'sqlite' ? [collectorKilled, collectorKilled] : shuffled(deaths, chance);
  const ground = await startGround(store);
  try {
    const urls = ground.collectors.map(({ url }) => url);
    const clients = clientsOf(urls, seed);
    const stage = { ground, clients, judge: judgeOf(ground, clients) };
    const each = Math.ceil((EVENTS * share) / order.length / STRETCHES);
    const trials: Trial[] = [];
    for (const death of order) {
      trials.push(await trialOf(death, stage, Math.ceil(each * (1 + chance.share() / 2))));
      const { acknowledged, longestPause, defects } = trials.at(-1)!;
      const told = `${acknowledged} events, longest pause ${(longestPause / 1_000).toFixed(1)} s`;
      log(`seed ${seed}, ${trials.length} of ${order.length}: ${death.name}: ${told}, ${defects.length} defects`);
    }
    return trials;
  } finally {
    await ground.close();
  }
};

export const kills = async (asked: Asked): Promise<Told> => {
  const trials: Trial[] = [];
  const defects: string[] = [];
  for (const seed of seeds) {
    const these = await inOrderOf(seed, asked);
    trials.push(...these);
    defects.push(
      ...these.flatMap(({ died, defects }) => defects.map((defect) => `seed ${seed}, ${died} died: ${defect}`)),
    );
  }
  return { tables: [trialTable(trials)], defects };
};
