/**
 * What a customer's open pages are told of a change once it is stored: what of their props is another, that their segments
 * are (nothing more of those, since pages ask for segments by name), and what was just made for them. Whoever has no page
 * open is told all of it when they identify.
 */
import { cids, type Push } from '../wire/protocol.ts';
import type { Channel } from './channel.ts';
import { pushOf, readContent } from './engagement/content.ts';
import type { CustomerState } from './engine/customer-state.ts';
import { changedProps, publicProps } from './engine/public-props.ts';
import type { CustomerKey } from './store/user-store.ts';

export interface Change {
  /** Of `after`; 0 where the customer was erased, and nobody's document has one. */
  version: number;
  before: CustomerState;
  after: CustomerState;
  /** The words of what was made, by its uid. */
  contents: readonly { id: string; content: string }[];
}

/** Called once a change is stored. */
export type Changed = (label: string, customer: CustomerKey, change: Change) => void;

const segmentsOf = ({ segments }: CustomerState): string => Object.keys(segments).sort().join('\n');

export const propsNews = ({ before, after }: Pick<Change, 'before' | 'after'>, now: number): Push[] => {
  const props = changedProps(publicProps(before, now), publicProps(after, now));
  const isNews = Object.keys(props).length > 0 || segmentsOf(before) !== segmentsOf(after);
  return isNews ? [{ cid: cids.propsPush, props }] : [];
};

/** Ids of what is in the one and not in the other; the oldest first, as they were made. */
export const madeSince = ({ before, after }: Pick<Change, 'before' | 'after'>): string[] => {
  if (before.engagements === after.engagements) return [];
  const known = new Set(before.engagements.map(({ uid }) => uid));
  return after.engagements
    .map(({ uid }) => uid)
    .filter((uid) => !known.has(uid))
    .reverse();
};

const newsOf = (change: Change, now: number): Push[] => {
  const words = new Map(change.contents.map(({ id, content }) => [id, content]));
  const made = words.size === 0 ? [] : madeSince(change);
  return [
    ...propsNews(change, now),
    ...made.flatMap((uid) => {
      const text = words.get(uid);
      return text === undefined ? [] : [pushOf(uid, readContent(text))];
    }),
  ];
};

export const tellPages =
  (channel: Pick<Channel, 'tell' | 'mayBeHeard'>, now: () => number): Changed =>
  (label, customer, change) => {
    if (!channel.mayBeHeard(label, customer)) return;
    const pushes = newsOf(change, now());
    if (pushes.length > 0) channel.tell(label, customer, { version: change.version, pushes });
  };
