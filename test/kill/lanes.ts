/**
 * Trials, several at a time: each lane has a collector, pages, a network and a browser of its own, so that what is done to
 * one is done to no other.
 */
import { type RunningWorld, startWorld } from '../support/delivery-world.ts';
import { type Death, type State, states, type Verdict, verdictsOf } from './deaths.ts';

/** What the person at the terminal asked for. */
export interface Asked {
  /** Of the usual number of trials. */
  share: number;
  log(line: string): void;
}

/** So many that a tenth of them is still one at least. */
export const times = (most: number, { share }: Asked): number => Math.max(1, Math.round(most * share));

/** A trial's own names: what is called for the third time is `7.3`. */
export type Name = (call: number) => string;

/** These trials in every state, so often. */
export const inEveryState = <Trial>(trials: Trial[], often: number): (Trial & { state: State })[] =>
  Array.from({ length: often }, () => trials.flatMap((trial) => states.map((state) => ({ ...trial, state })))).flat();

/** A lane that plays trials one after the other; the ground under them is its own. */
export interface Player<Trial> {
  play(trial: Trial, name: Name): Promise<Death>;
  close(): Promise<void>;
}

export interface Outcome {
  verdicts: Verdict[];
  /** Trials that the harness could not bring to their end, with the reason. Not one may be: it could have been a loss. */
  aborted: string[];
}

export const together = (outcomes: Outcome[]): Outcome => ({
  verdicts: outcomes.flatMap(({ verdicts }) => verdicts),
  aborted: outcomes.flatMap(({ aborted }) => aborted),
});

/** The trials that no lane has begun, with the place of each in the table. */
type Line<Trial> = { trial: Trial; place: number }[];

const inLane = async <Trial>(
  waiting: Line<Trial>,
  start: (world: RunningWorld) => Promise<Player<Trial>>,
  played: () => void,
): Promise<{ verdicts: (Verdict & { place: number })[]; aborted: string[] }> => {
  const world = await startWorld();
  const player = await start(world);
  const deaths: (Death & { place: number })[] = [];
  const aborted = new Map<string, string>();
  let nr = 0;
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { trial, place } = next;
    nr++;
    world.network.heal();
    try {
      deaths.push({ ...(await player.play(trial, (call) => `${nr}.${call}`)), place });
    } catch (cause) {
      aborted.set(`${nr}`, `${JSON.stringify(trial)}: ${cause}`);
    }
    played();
  }
  const verdicts = await verdictsOf(world, deaths, (name) => aborted.has(name.split('.')[0]!));
  await player.close();
  await world.close();
  return { verdicts, aborted: [...aborted.values()] };
};

export const playAll = async <Trial>(
  title: string,
  trials: Trial[],
  lanes: number,
  start: (world: RunningWorld) => Promise<Player<Trial>>,
  { log }: Asked,
): Promise<Outcome> => {
  const waiting = trials.map((trial, place) => ({ trial, place }));
  let played = 0;
  const tell = () => {
    played++;
    if (played % 20 === 0 || played === trials.length) log(`${title}: ${played} of ${trials.length}`);
  };
  const outcomes = await Promise.all(Array.from({ length: lanes }, () => inLane(waiting, start, tell)));
  const verdicts = outcomes.flatMap(({ verdicts }) => verdicts).sort((one, other) => one.place - other.place);
  return { verdicts, aborted: outcomes.flatMap(({ aborted }) => aborted) };
};
