/**
 * How long something took, several times over, beside its goal. States numbers and judges none.
 */
import { median, short } from '../bench/figures.ts';

export interface Timed {
  what: string;
  goal: string;
  /** Milliseconds each. */
  took: number[];
}

export const timingHead = ['from, to', 'goal', 'times', 'median, s', 'longest, s'];

const seconds = (milliseconds: number): string => short(milliseconds / 1_000);

export const timingRow = ({ what, goal, took }: Timed): string[] => [
  what,
  goal,
  `${took.length}`,
  seconds(median(took)),
  seconds(Math.max(...took)),
];

export const inTurn = async (
  what: string,
  goal: string,
  often: number,
  { log }: { log(line: string): void },
  once: () => Promise<number>,
): Promise<Timed> => {
  const took: number[] = [];
  for (let time = 0; time < often; time++) {
    took.push(await once());
    log(`${what}: ${seconds(took.at(-1)!)} s`);
  }
  return { what, goal, took };
};
