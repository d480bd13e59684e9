/**
 * What was found of calls across windows, as a table. Measures nothing itself.
 */
import { type Crossings, EACH_ROUND } from './bridge-side.ts';
import { quantile, short, spread, type Table } from './figures.ts';

const percentiles = (values: number[]): string =>
  [0.5, 0.95].map((share) => short(quantile(values, share))).join(' / ');
const sum = (values: number[]): number => values.reduce((all, one) => all + one, 0);

export const bridgeTable = (crossings: Crossings, rounds: number): Table => {
  const tries = `${(EACH_ROUND.tries * rounds).toLocaleString('en-US')} tries`;
  const longest = Math.max(...crossings.longestTask);
  return {
    title: `Iframe bridge, ${rounds} rounds`,
    head: ['', '', 'goal'],
    rows: [
      ['one call there and back, p50 / p95, ms', percentiles(crossings.trip), 'under 2 / -'],
      ['a bare `MessagePort` there and back, p50 / p95, ms', percentiles(crossings.bareTrip), '-'],
      ['`action()` in the frame, synchronous, p50 / p95, µs', percentiles(crossings.held), '-'],
      ['until it is in the page’s database, p50 / p95, ms', percentiles(crossings.has), '-'],
      ['10,000 calls in one task, synchronous, ms', spread(crossings.burstSync), '-'],
      ['the same until the page has taken all, ms', spread(crossings.burstTaken), '-'],
      [
        'the page’s longest task meanwhile, ms',
        longest ? spread(crossings.longestTask) : 'none over 50',
        'none over 50',
      ],
      [`lost: an action, and in the same task the frame leaves, ${tries}`, `${sum(crossings.lostByFrame)}`, '0'],
      [`lost: an action, and in the same task the page leaves, ${tries}`, `${sum(crossings.lostByPage)}`, '0'],
    ],
    notes: [
      'Two sites (`127.0.0.1` and `localhost`), storage partitioned, each window in a process of its own, loopback, the real collector; cross-origin isolated (5 µs clock).',
      'The call is `losses()`, which needs no collector; the bare port is the control: the same two windows, the same text, nobody in between.',
    ],
  };
};
