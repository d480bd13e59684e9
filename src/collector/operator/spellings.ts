/**
 * The ids under which the log has one customer: where a label cannot tell BOB from bob, both are the same one, and the log
 * keeps what was said.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Label } from '../config/config.ts';
import { type Customer, userCustomer } from '../engine/customer-key.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Whose } from './timeline.ts';

const PAGE = 1_000;

/** The one that was given, and every other one that means the same customer. Reads the whole log where there can be others. */
export const spellingsOf = async (
  log: Pick<EventLog, 'events'>,
  label: Label,
  { key }: Customer,
  given: Whose,
): Promise<Whose[]> => {
  const exactIds = label.hashes.form === 'v2';
  if ('visitor' in given || exactIds || !/[A-Za-z]/.test(given.user)) return [given];
  const found = new Set([given.user]);
  for (let next: number | null = 0; next !== null; ) {
    const page = await log.events(label.name, { text: given.user, order: 'asc', limit: PAGE, after: next });
    for (const { user_ext_id } of page.events)
      if (user_ext_id !== null && userCustomer(user_ext_id, exactIds).key === key) found.add(user_ext_id);
    next = page.next;
    await nextTurn();
  }
  return [...found].map((user) => ({ user }));
};
