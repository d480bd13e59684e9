/**
 * What rides along with a batch's events: hashes, losses, how far pages counted. It may be wrong in parts: the good parts
 * count, and no event is refused over it.
 */
import { type Batch, type Losses, type Lost, lossReasons, type PageCount } from './event.ts';
import { isEventId } from './ids.ts';
import { limits } from './limits.ts';
import { type Fields, isCount, isFields } from './values.ts';

export const parseHashes = (value: unknown): Batch['hashes'] => {
  const hashes: Batch['hashes'] = Object.create(null);
  if (isFields(value))
    for (const user of Object.keys(value).slice(0, limits.hashes)) {
      const hash = value[user];
      // A hash that is not one is a matter of identity (`bad_hash`), not of form.
      hashes[user] = typeof hash === 'string' ? hash.slice(0, 256) : '';
    }
  return hashes;
};

export const parseLosses = (value: unknown): Losses => {
  const losses: Losses = {};
  if (isFields(value))
    for (const reason of lossReasons) {
      const count = value[reason];
      if (isCount(count)) losses[reason] = count;
    }
  return losses;
};

/** Entries that name a page, the first of them. */
const onPages = (value: unknown, most: number): Fields[] =>
  (Array.isArray(value) ? value : [])
    .slice(0, most)
    .filter((entry) => isFields(entry) && isEventId(entry.page_id) && isEventId(entry.session_id));

export const parsePages = (value: unknown): PageCount[] =>
  (onPages(value, limits.pages) as unknown as PageCount[])
    .filter(({ seq }) => isCount(seq) && seq > 0)
    .map(({ page_id, session_id, seq, from }) => ({
      ...{ page_id, session_id, seq },
      ...(isCount(from) && from > 0 && from <= seq ? { from } : {}),
    }));

export const parseLost = (value: unknown): Lost[] =>
  (onPages(value, limits.lost) as unknown as Lost[])
    .filter(
      ({ reason, from, to }) =>
        lossReasons.includes(reason) &&
        [from, to].every(isCount) &&
        from > 0 &&
        to >= from &&
        to - from < limits.lostNumbers,
    )
    .map(({ page_id, session_id, reason, from, to }) => ({ page_id, session_id, reason, from, to }));
