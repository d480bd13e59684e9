/**
 * What was lost, stored twice and waited for, a row each way to die.
 */
import { short, type Table } from '../bench/figures.ts';
import type { Trial } from './trial.ts';

const seconds = (milliseconds: number[]): string => short(Math.max(...milliseconds) / 1_000);
const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);

const againOf = (trials: Trial[]): string => {
  const all = new Map<string, number>();
  for (const { again } of trials) for (const [why, times] of again) all.set(why, (all.get(why) ?? 0) + times);
  return [...all].map(([why, times]) => `${times} ${why}`).join(', ') || 'none';
};

export const trialTable = (trials: Trial[]): Table => ({
  title: 'Events acknowledged while a part of the cluster died, by what died',
  head: [
    ...['died', 'times', 'events', 'lost', 'stored twice', 'requests sent again'],
    ...['longest pause, s', 'all level after, s'],
  ],
  rows: [...new Set(trials.map(({ died }) => died))].map((name) => {
    const these = trials.filter(({ died }) => died === name);
    return [
      name,
      `${these.length}`,
      sum(these.map(({ acknowledged }) => acknowledged)).toLocaleString('en-US'),
      `${sum(these.map(({ lost }) => lost))}`,
      `${sum(these.map(({ twice }) => twice))}`,
      againOf(these),
      seconds(these.map(({ longestPause }) => longestPause)),
      seconds(these.map(({ levelAfter }) => levelAfter)),
    ];
  }),
  notes: [
    'A pause: nobody was acknowledged anything. Level: both collectors show the same events under the same cursors, and every payment gave its point.',
    'Sent again: no connection, no answer in 30 s, or a refusal, after the time that it asks for. Clients go to the collector with the fewest open requests, and leave one alone for 2 s that failed.',
  ],
});
