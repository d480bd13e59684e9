/**
 * From facts to a verdict. The table is read from the top: the first line that applies is the verdict, the others are told
 * beside it. Pure.
 */
import { aroundLines } from './around-lines.ts';
import type { Diagnosis, Facts, Finding } from './diagnosis.ts';
import { eventLines } from './event-lines.ts';
import { findingOf } from './finding.ts';
import { pageLines } from './page-lines.ts';
import { wayLines } from './way-lines.ts';

export const table = [...pageLines, ...wayLines, ...eventLines, ...aroundLines];

/** A key that turned out to be secret is not repeated. */
const withoutSecrets = (facts: Facts): Facts =>
  'message' in facts.probe && /secret or admin key/.test(facts.probe.message)
    ? { ...facts, label: `${facts.label?.slice(0, 3)}…` }
    : facts;

export const judge = (all: Facts): Diagnosis => {
  const facts = withoutSecrets(all);
  const found = table.filter(({ applies }) => applies(facts)).map((line) => findingOf(line, facts));
  const [verdict, ...also] = found as [Finding, ...Finding[]];
  // Where something is wrong, "nothing was sent" follows from it, and all is not well.
  return { ...verdict, also: also.filter((one) => !['nothing_sent', 'well'].includes(one.verdict)), facts };
};
