/**
 * For whom a rule would hold that is in no config yet: asked of every customer as they are stored, piece by piece, so that
 * nobody waits for it. Stores nothing.
 */
import type { Label } from '../config/config.ts';
import type { SegmentRule } from '../engine/definitions.ts';
import { compileRule } from '../engine/segment.ts';
import type { Pace } from '../following/pace.ts';
import type { CustomerKey, UserStore } from '../store/user-store.ts';

export interface SegmentPreview {
  customers: { customer: CustomerKey; why: string }[];
  checked: number;
  /** The limit was reached before everybody was asked. */
  more: boolean;
}

/** Few enough for one turn: a document is read whole. */
const AT_ONCE = 100;

export const previewSegment = async (
  users: Pick<UserStore, 'list'>,
  { name, segments }: Pick<Label, 'name' | 'segments'>,
  rule: SegmentRule,
  limit: number,
  { now, pace, isWanted }: { now: number; pace: Pace; isWanted: () => boolean },
): Promise<SegmentPreview> => {
  const { ask } = compileRule(rule, segments);
  const customers: SegmentPreview['customers'] = [];
  let checked = 0;
  for (let after: CustomerKey | null | undefined; after !== null && isWanted(); ) {
    const page = await users.list(name, after, AT_ONCE);
    for (const { customer, state } of page.customers) {
      const { matches, why } = ask({ state, now, context: {} });
      if (matches && customers.length === limit) return { customers, checked, more: true };
      checked++;
      if (matches) customers.push({ customer, why });
    }
    after = page.next;
    await pace.giveWay();
  }
  return { customers, checked, more: false };
};
