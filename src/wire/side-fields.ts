/**
 * What rides along with a batch's events: hashes, losses, how far pages counted. It may be wrong in parts: the good parts
 * count, and no event is refused over it.
 */
import { type Batch, type Losses, type LossReason, type Lost, lossReasons, type PageCount } from './event.ts';
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
const onPages = (value: unknown, most: number): (Fields & Pick<PageCount, 'page_id' | 'session_id'>)[] =>
  (Array.isArray(value) ? value : []).slice(0, most).flatMap((entry) => {
    const { page_id, session_id } = isFields(entry) ? entry : {};
    return isEventId(page_id) && isEventId(session_id) ? [{ ...entry, page_id, session_id }] : [];
  });
/** Numbers of a page begin with 1. */
const isNumber = (value: unknown): value is number => isCount(value) && value > 0;
const isReason = (value: unknown): value is LossReason => lossReasons.some((reason) => reason === value);

export const parsePages = (value: unknown): PageCount[] =>
  onPages(value, limits.pages).flatMap(({ page_id, session_id, seq, from }) =>
    isNumber(seq) ? [{ page_id, session_id, seq, ...(isNumber(from) && from <= seq ? { from } : {}) }] : [],
  );

export const parseLost = (value: unknown): Lost[] =>
  onPages(value, limits.lost).flatMap(({ page_id, session_id, reason, from, to }) =>
    isReason(reason) && isNumber(from) && isNumber(to) && to >= from && to - from < limits.lostNumbers
      ? [{ page_id, session_id, reason, from, to }]
      : [],
  );
