/**
 * Which parts are run, where their tables go (the terminal, and with `--write` README between its markers), and how the
 * run ends.
 */
import { parseArgs } from 'node:util';
import { markdown, type Table } from '../bench/figures.ts';
import { provenance } from '../bench/machine.ts';
import { intoReadme } from '../bench/readme-tables.ts';
import { browsers } from './browsers.ts';
import { closedTabs } from './closed-tabs.ts';
import { collectors } from './collectors.ts';
import { drain } from './drain.ts';
import { flood } from './flood.ts';
import { type Asked, type Outcome, together } from './lanes.ts';
import { navigations } from './navigations.ts';
import { renderers } from './renderers.ts';
import { suites } from './suites.ts';
import { defectsOf, survivalTable } from './survival-table.ts';
import { takeovers } from './takeover.ts';

interface Told {
  tables: Table[];
  /** What must not be, a sentence each. */
  defects: string[];
}

const survived = async (asked: Asked, ...parts: ((asked: Asked) => Promise<Outcome>)[]): Promise<Told> => {
  const outcomes: Outcome[] = [];
  for (const part of parts) outcomes.push(await part(asked));
  const { verdicts, aborted } = together(outcomes);
  return {
    tables: [survivalTable(verdicts)],
    defects: [...defectsOf(verdicts), ...aborted.map((reason) => `a trial without an end: ${reason}`)],
  };
};

const measured =
  (measure: (asked: Asked) => Promise<Table>) =>
  async (asked: Asked): Promise<Told> => ({ tables: [await measure(asked)], defects: [] });

const parts: Record<string, (asked: Asked) => Promise<Told>> = {
  leaving: (asked) => survived(asked, navigations, closedTabs),
  renderers: (asked) => survived(asked, renderers),
  browsers: (asked) => survived(asked, browsers),
  collectors: (asked) => survived(asked, collectors),
  takeover: measured(takeovers),
  drain: measured(drain),
  flood: measured(flood),
  suites,
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: Object.keys(parts) },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const unknown = values.only.filter((part) => !parts[part]);
if (unknown.length) {
  console.error(`usage: npm run test:kill -- [--only ${Object.keys(parts).join('|')}]... [--quick] [--write]`);
  process.exit(2);
}

// Playwright hears these too, closes its browsers and goes on.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Defects of one part that are told in full. */
const SHOWN = 40;
const stamp = provenance(process.env.CHROMIUM);
const asked: Asked = { share: values.quick ? 0.1 : 1, log: console.error };
const defects: string[] = [];
for (const part of values.only) {
  const began = Date.now();
  const told = await parts[part]!(asked);
  const minutes = ((Date.now() - began) / 60_000).toFixed(1);
  const text = [
    `${stamp}, \`npm run test:kill -- --only ${part}\`, ${minutes} minutes`,
    ...told.tables.map(markdown),
  ].join('\n\n');
  console.log(`\n${text}`);
  if (values.write) intoReadme('kill', Object.keys(parts), new Map([[part, text]]));
  defects.push(...told.defects);
  for (const defect of told.defects.slice(0, SHOWN)) console.log(`DEFECT ${defect}`);
}
console.log(
  `\n${defects.length ? `${defects.length} defects` : 'nothing lost outside of the windows, nothing stored twice'}`,
);
process.exitCode = defects.length ? 1 : 0;
