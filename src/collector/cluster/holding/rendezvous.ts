/**
 * Who of several should hold a label, agreed on by all who know the same names, without a word between them. Whoever comes or
 * goes moves only the labels that are theirs. Pure.
 */
import { createHash } from 'node:crypto';

const weightOf = (id: string, label: string): string =>
  createHash('sha256')
    .update(JSON.stringify([id, label]))
    .digest('hex');

/** `undefined` where there is nobody. */
export const shouldHold = (label: string, ids: readonly string[]): string | undefined => {
  const weighed = ids.map((id) => ({ id, weight: weightOf(id, label) }));
  return weighed.sort((one, other) => (one.weight < other.weight ? 1 : -1))[0]?.id;
};
