/**
 * Which parts are run, with which chance, where their tables go (the terminal, and with `--write` README between its
 * markers), and how the run ends.
 */
import { parseArgs } from 'node:util';
import { markdown, type Table } from '../bench/figures.ts';
import { provenance } from '../bench/machine.ts';
import { intoReadme } from '../bench/readme-tables.ts';
import { kills } from './kills.ts';
import { suites } from './suites.ts';

export interface Told {
  tables: Table[];
  /** What must not be, a sentence each. */
  defects: string[];
}
export interface Asked {
  store: 'cluster' | 'sqlite';
  /** Of the usual number of events. */
  share: number;
  log(line: string): void;
}

const parts: Record<string, (asked: Asked) => Promise<Told>> = { kills, suites };

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: Object.keys(parts) },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
if (values.only.some((part) => !parts[part])) {
  console.error(`usage: npm run test:cluster -- [--only ${Object.keys(parts).join('|')}]... [--quick] [--write]`);
  process.exit(2);
}

/** Defects of one part that are told in full. */
const SHOWN = 40;
const stamp = provenance(undefined);
const asked: Asked = {
  store: process.env.STORE === 'sqlite' ? 'sqlite' : 'cluster',
  share: values.quick ? 0.1 : 1,
  log: console.error,
};
let defects = 0;
for (const part of values.only) {
  const began = Date.now();
  const told = await parts[part]!(asked);
  const minutes = ((Date.now() - began) / 60_000).toFixed(1);
  const text = [
    `${stamp}, \`npm run test:cluster -- --only ${part}\`, ${minutes} minutes`,
    ...told.tables.map(markdown),
  ].join('\n\n');
  console.log(`\n${text}`);
  if (values.write) intoReadme('cluster', Object.keys(parts), new Map([[part, text]]));
  defects += told.defects.length;
  for (const defect of told.defects.slice(0, SHOWN)) console.log(`DEFECT ${defect}`);
}
console.log(
  `\n${defects ? `${defects} defects` : 'nothing acknowledged is lost, nothing is stored or done twice, every collector says the same'}`,
);
process.exitCode = defects ? 1 : 0;
