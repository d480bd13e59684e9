/**
 * The suites with chance in them, with more of it than `npm test` gives them.
 */
import type { Table } from '../bench/figures.ts';
import { runSuites } from '../support/suites-run.ts';
import { type Asked, times } from './lanes.ts';

const SEEDS = 20;
/** Cases of all properties together. */
const CASES = 300_000;
/** Of the collector's process, and as often of its writer in a thread of its own. */
const KILLS = 200;

/** Files whose path holds this, and what decides how long they are. */
const SUITES = [
  { files: 'faults/walks', chance: 'SEEDS', most: SEEDS, of: 'seeds' },
  { files: 'faults/herd', chance: 'SEEDS', most: SEEDS, of: 'seeds' },
  { files: 'store/power-loss', chance: 'SEEDS', most: SEEDS, of: 'seeds' },
  { files: 'collector/killed', chance: 'KILLS', most: KILLS, of: 'kills' },
  { files: 'fuzz-', chance: 'FUZZ', most: CASES, of: 'cases' },
];

export const suites = async (asked: Asked): Promise<{ tables: Table[]; defects: string[] }> => {
  const rows: string[][] = [];
  const defects: string[] = [];
  for (const { files, chance, most, of } of SUITES) {
    const some = times(most, asked);
    const { passed, failed } = await runSuites([files], { [chance]: `${some}` });
    rows.push([files, `${some.toLocaleString('en-US')} ${of}`, `${passed}`, `${failed}`]);
    if (failed) defects.push(`${failed} tests of ${files} fail`);
  }
  return {
    tables: [{ title: 'The suites with chance in them', head: ['files', 'with', 'passed', 'failed'], rows, notes: [] }],
    defects,
  };
};
