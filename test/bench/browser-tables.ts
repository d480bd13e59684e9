/**
 * The variants that the browser's side compares, and the table of what was found. Measures nothing itself.
 */
import { readFileSync } from 'node:fs';
import type { Samples, Variant } from './browser-side.ts';
import { short, spread, type Table } from './figures.ts';
import { benchLabel } from './processes.ts';
import { weigh, weightsTold } from './weight.ts';

const bundled = (name: string): string => readFileSync(new URL(`./${name}.js`, import.meta.url), 'utf8');

export const codeOf = (): { variants: Variant[]; harness: string } => {
  const sdk = readFileSync('dist/smartico.js', 'utf8');
  const outbox = bundled('naive-outbox');
  const bare: Variant = {
    ...{ name: 'bare page', script: '', queues: false, ours: false },
    code: () => ({ script: '', init: '', action: '' }),
  };
  const naive: Variant = {
    ...{ name: 'naive IndexedDB outbox', script: outbox, queues: true, ours: false },
    code: (collector) => ({
      script: outbox,
      init: `outbox.start('${collector}/naive')`,
      action: 'outbox.action(name)',
    }),
  };
  const ours: Variant = {
    ...{ name: 'openaction', script: sdk, queues: true, ours: true },
    code: (collector) => {
      const options = JSON.stringify({ brand_key: benchLabel.brand, collector });
      return {
        script: sdk,
        init: `window._smartico_allow_localhost = true; _smartico.init('${benchLabel.key}', ${options})`,
        action: '_smartico.action(name)',
      };
    },
  };
  return { variants: [bare, naive, ours], harness: bundled('in-page') };
};

const sizes = (script: string): string => (script === '' ? '-' : weightsTold([weigh(script)]));

export const tablesOf = (measured: Map<Variant, Samples>, rounds: number): Table[] => {
  const columns = [...measured.values()];
  const row = (title: string, cell: (samples: Samples) => number[]) => [
    title,
    ...columns.map((samples) => spread(cell(samples))),
  ];
  const longTasks = [...measured].map(([{ name }, samples]) => `${name} ${short(Math.max(...samples.longTasks))}`);
  return [
    {
      title: `Browser, median of ${rounds} rounds (lowest to highest)`,
      head: ['', ...[...measured.keys()].map(({ name }) => name)],
      rows: [
        ['size, raw / gzip / brotli, bytes', ...[...measured.keys()].map(({ script }) => sizes(script))],
        row('evaluate + init, ms', ({ load1x }) => load1x),
        row('evaluate + init on a CPU 4 times slower, ms', ({ load4x }) => load4x),
        row('one call, synchronous, median, µs', ({ oneMedian }) => oneMedian),
        row('one call, synchronous, 95th percentile, µs', ({ oneTail }) => oneTail),
        row('1,000 calls in one task, synchronous, ms', ({ burstSync }) => burstSync),
        row('the same until all are on disk, main-thread work, ms', ({ burstWork }) => burstWork),
        row('10,000 calls in one task until all are on disk, events/s', ({ durable }) => durable),
        row('1,000 events until acknowledged, requests', ({ requests }) => requests),
        row('the same, bytes of body an event', ({ bytes }) => bytes),
        row('one call until the live stream tells of it, ms', ({ trip }) => trip),
      ],
      notes: [
        'Each measurement in a fresh profile, on a cross-origin isolated page (5 µs clock), loopback, the real collector.',
        'Single calls and bursts with the collector out of reach, so that what is queued can be counted on disk.',
        `Most tasks over 50 ms in one load on the slower CPU: ${longTasks.join(', ')}.`,
        'The naive outbox: a transaction an event without `commit()`, an interval, nothing else (`test/bench/naive-outbox.ts`).',
      ],
    },
  ];
};
