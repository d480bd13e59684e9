/**
 * The suites that a cluster passes as a file does: what every store promises, what a browser sent through every fault, on
 * three nodes where `npm test` has one; and walks in which nodes die too.
 */
import { runSuites } from '../support/suites-run.ts';
import type { Asked, Told } from './main.ts';

/** Walks, and rounds of what goes by chance. */
const SEEDS = 10;

/** Parts of paths, and options of the test runner. */
const SUITES = [
  { what: 'the stores’ promises, what follows, moving there', asked: ['collector/cluster', 'collector/moving'] },
  { what: 'a store copied into a cluster', asked: ['collector/moving'] },
  { what: 'delivery, through every fault', asked: ['--project=e2e on a cluster'] },
  { what: 'walks while nodes and collectors die', asked: ['cluster/walks'] },
];

export const suites = async ({ share }: Asked): Promise<Told> => {
  const seeds = Math.max(1, Math.round(SEEDS * share));
  const rows: string[][] = [];
  const defects: string[] = [];
  for (const { what, asked } of SUITES) {
    const { passed, failed } = await runSuites(asked, { CLUSTER: 'whole', SEEDS: `${seeds}` });
    rows.push([what, `${passed}`, `${failed}`]);
    if (failed > 0 || passed === 0) defects.push(`${what}: ${failed} tests fail, ${passed} pass`);
  }
  const notes = [`${seeds} seeds of what goes by chance.`];
  return { tables: [{ title: 'Suites on three nodes', head: ['suites', 'passed', 'failed'], rows, notes }], defects };
};
