/**
 * What was found of the live half, as tables. Measures nothing itself.
 */
import { readFileSync } from 'node:fs';
import { quantile, short, spread, type Table } from './figures.ts';
import type { Download, Load } from './live-load.ts';
import type { Trips } from './live-trips.ts';
import { type Crowd, PUSHES_PER_SECOND, VISITORS } from './socket-crowd.ts';
import { type Weight, weigh, weightsTold } from './weight.ts';

const percentiles = (values: number[], ...shares: number[]): string[] =>
  shares.map((share) => short(quantile(values, share)));

export const tripTable = (trips: Trips): Table => {
  const row = (what: string, values: number[]) => [
    what,
    ...percentiles(values, 0.5, 0.95),
    `${short(Math.min(...values))} to ${short(Math.max(...values))}`,
    `${values.length}`,
  ];
  return {
    title: 'Live, milliseconds since the call in the page',
    head: ['', 'p50', 'p95', 'lowest to highest', 'samples'],
    rows: [
      row('action: the back end is told of it by `/v1/live`', trips.told),
      row('the popup that it sends is pushed to the page', trips.pushed),
      row('the back end is answered', trips.answered),
      row('the popup is drawn', trips.drawn),
      row('the first popup of a page, with the drawing room to fetch', trips.drawnFirst),
      row("marker: `props_change` in another of the user's tabs", trips.marked),
    ],
    notes: [
      'Loopback, the real collector, pages in a real Chromium, a back end in a process of its own. Drawn is the end of the frame that shows it.',
      'A call after a quiet second; one sooner waits for the pause between two sends (1 s).',
    ],
  };
};

export const crowdTable = ({ idle, connected, latencies, perSecond }: Crowd, rounds: number): Table => {
  const held = connected.map((megabytes, round) => megabytes - (idle[round] ?? Number.NaN));
  const visitors = VISITORS.toLocaleString('en-US');
  return {
    title: `${visitors} users on a socket each, median of ${rounds} rounds (lowest to highest)`,
    head: ['', ''],
    rows: [
      ['the collector, idle, MB', spread(idle)],
      [`with ${visitors} identified sockets, MB`, spread(connected)],
      ['difference, MB', spread(held)],
      [`${PUSHES_PER_SECOND} popups/s, sent until heard, p50 / p99, ms`, percentiles(latencies, 0.5, 0.99).join(' / ')],
      ['pushes/s reached', spread(perSecond)],
    ],
    notes: [
      'Resident memory after a garbage collection, when nothing more is given back. The difference has in it what the collector compiles and opens for its first visitor.',
      `Each popup is on disk before it is pushed, to another user each, counted from the time when it was due; all ${latencies.length.toLocaleString('en-US')} were heard.`,
    ],
  };
};

export const loadTable = (load: Load): Table => ({
  title: 'The whole surface on a CPU 4 times slower, until the first popup is drawn and reported',
  head: ['', 'bare page', 'openaction'],
  rows: [
    ['script, ms', spread(load.bareScriptMs), spread(load.scriptMs)],
    ['from nothing to the popup on the screen, ms', '-', spread(load.drawnMs)],
    ['tasks over 50 ms in one load', spread(load.bareLongTasks), spread(load.longTasks)],
    ...[...load.longest].map(([file, values]) => [
      `longest run of \`${file}\` in a frame over 50 ms, ms`,
      '-',
      spread(values),
    ]),
  ],
  notes: [
    `${load.drawnMs.length} loads: three files fetched and run, init, IDENTIFY, a popup that waited for the user. By Chromium's own account (ScriptDuration, Long Tasks, Long Animation Frames).`,
    'A run is 0 where no frame took over 50 ms, or the file ran for less than 5 ms in it.',
  ],
});

export const downloadTable = (downloads: Download[]): Table => {
  const soFar: Weight[] = [];
  return {
    title: 'What a page downloads',
    head: ['with', 'files, as a page fetched them', 'raw / gzip / brotli, bytes', 'all so far'],
    rows: downloads.map(({ what, files }) => {
      const weights = files.map((file) => weigh(readFileSync(`dist/${file}`, 'utf8')));
      soFar.push(...weights);
      return [what, files.map((file) => `\`${file}\``).join(', '), weightsTold(weights), weightsTold(soFar)];
    }),
    notes: [],
  };
};
