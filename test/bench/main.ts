/**
 * Which sides are measured, and where their tables go: the terminal, and with `--write` README between its markers.
 */
import { parseArgs } from 'node:util';
import { bridgeTables } from './bridge-side.ts';
import { browserTables } from './browser-side.ts';
import { campaignTables } from './campaign-side.ts';
import { clusterTables } from './cluster-side.ts';
import { collectorTables } from './collector-side.ts';
import { type Asked, markdown, type Table } from './figures.ts';
import { liveTables } from './live-side.ts';
import { provenance } from './machine.ts';
import { endEverything } from './processes.ts';
import { intoReadme } from './readme-tables.ts';

const sides: Record<string, (asked: Asked) => Promise<Table[]>> = {
  collector: collectorTables,
  browser: browserTables,
  live: liveTables,
  bridge: bridgeTables,
  campaigns: campaignTables,
  cluster: clusterTables,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    warm: { type: 'string', default: '2' },
  },
});
const wanted = positionals.length ? positionals : Object.keys(sides);
const unknown = wanted.filter((side) => !sides[side]);
const asked = { rounds: Number(values.rounds), warmSeconds: Number(values.warm), log: console.error };
if (unknown.length || !(asked.rounds >= 1) || !(asked.warmSeconds >= 0)) {
  console.error(`usage: npm run bench -- [${Object.keys(sides).join('|')}] [--rounds N] [--warm SECONDS] [--write]`);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => endEverything().finally(() => process.exit(1)));

const stamp = provenance(process.env.CHROMIUM);
const measured = new Map<string, string>();
for (const side of wanted) {
  const tables = (await sides[side]?.(asked)) ?? [];
  const text = [`${stamp}, \`npm run bench -- ${side}\``, ...tables.map(markdown)].join('\n\n');
  console.log(`\n${text}`);
  measured.set(side, text);
}
if (values.write) intoReadme('bench', Object.keys(sides), measured);
