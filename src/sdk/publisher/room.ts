/**
 * The publisher's room put together: a session is one customer's, so that only the present customer's events travel. What
 * another one left waits for them.
 */
import { ALL } from '../queue/durable-queue.ts';
import type { Waiting } from '../queue/event-queue.ts';
import { readRow } from '../transport/batch.ts';
import type { PublisherModule } from './publisher.ts';
import { createPublisherSend } from './send.ts';

export const createWay: PublisherModule['createWay'] = (needs) => {
  const { queue, identity, visitor } = needs;
  /** Where everybody is a visitor, nobody has a name. */
  const user = () => (visitor ? null : identity.user());
  const own = (rows: Waiting[]) =>
    rows.filter((row, at) => {
      // On its way from one place of the queue to another a row is in both: a publisher may count what comes twice.
      if (row.eid === rows[at - 1]?.eid) return false;
      // A row that storage spoilt is nobody's: it goes along and comes back rejected.
      const { user_ext_id = user() } = readRow(row);
      return user_ext_id === user();
    });
  return {
    queue: {
      ...queue,
      async peek(most) {
        const rows = await queue.peek(most);
        const mine = own(rows);
        // Others' rows may stand before all of theirs.
        return mine.length || rows.length < most ? mine : own(await queue.peek(ALL)).slice(0, most);
      },
      inHand: () => own(queue.inHand()),
    },
    send: createPublisherSend(needs),
  };
};
