/**
 * Which events a person asked to see. Pure, and the same rule as the collector's own (`GET /v1/events`), so that what
 * arrives and what is looked up agree. A whole eid in `text` finds its event too: it is what people have in hand.
 */
import type { StoredEvent } from './shapes.ts';

export interface Filter {
  /** A customer's id, exactly; empty for all. */
  user: string;
  /** An event type, exactly; empty for all. */
  type: string;
  /** Any part of the user, the type or the payload, in either case, or a whole eid; empty for all. */
  text: string;
}

export const everything: Filter = { user: '', type: '', text: '' };

export const isFiltered = ({ user, type, text }: Filter): boolean => Boolean(user || type || text);

export const passes = (filter: Filter): ((event: StoredEvent) => boolean) => {
  const text = filter.text.toLowerCase();
  return ({ eid, user_ext_id, event_type, payload }) =>
    (!filter.user || user_ext_id === filter.user) &&
    (!filter.type || event_type === filter.type) &&
    (!text ||
      eid === filter.text ||
      [user_ext_id ?? '', event_type, JSON.stringify(payload)].some((part) => part.toLowerCase().includes(text)));
};
