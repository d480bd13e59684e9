/**
 * One death in the middle of a stretch of events, and what it was like.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { awaited } from '../support/awaited.ts';
import type { Clients, Weather } from './clients.ts';
import type { Death } from './deaths.ts';
import type { Ground } from './ground.ts';
import type { Judge, Verdict } from './verdict.ts';

export interface Trial extends Weather, Verdict {
  died: string;
  acknowledged: number;
  /** Milliseconds after the last acknowledgement until all collectors showed the same, and all that follows. */
  levelAfter: number;
}

export interface Stage {
  ground: Ground;
  clients: Clients;
  judge: Judge;
}

/** @param events so many before the death, and as many after what was mended */
export const trialOf = async (death: Death, { ground, clients, judge }: Stage, events: number): Promise<Trial> => {
  const stretch = clients.begin();
  const flows = (why: string): Promise<void> => {
    const enough = stretch.acknowledged + events;
    return awaited(`${events} events ${why}`, () => stretch.acknowledged >= enough);
  };
  const goesOn = async (): Promise<void> => {
    await flows(`before ${death.name} died`);
    const mend = await death.strike(ground);
    if (death.lasts === 'until events flow again') await flows(`while ${death.name} was gone`);
    else await pause(death.lasts);
    await mend();
    await flows(`after ${death.name} was back`);
  };
  await goesOn().catch(async (cause: unknown) => {
    await stretch.end();
    throw cause;
  });
  const weather = await stretch.end();
  const { acknowledged } = stretch;
  const ended = performance.now();
  const verdict = await judge.verdict();
  return { died: death.name, acknowledged, levelAfter: performance.now() - ended, ...weather, ...verdict };
};
