/**
 * An engagement as a customer's state knows it: that it was made, by whom, and that it waits to be shown. Pure. Its words are
 * kept elsewhere, under the same uid.
 */
import { aboutOf, type Content, expiryOf } from '../engagement/content.ts';
import { type CustomerState, type Engagement, stateBounds } from './customer-state.ts';

/** @param by `admin` or a campaign's name, and the event that it answers, if there is one */
export const engagementOf = (
  uid: string,
  content: Content,
  at: number,
  { from, eid }: { from: string; eid: string | null },
): Engagement => ({
  uid,
  kind: content.kind,
  at,
  expires_at: expiryOf(content),
  status: 'pending',
  status_at: at,
  from,
  ...(eid === null ? {} : { eid }),
  about: aboutOf(content),
});

/** Newest first; beyond the bound the oldest go. */
export const withEngagement = (state: CustomerState, engagement: Engagement, content: Content): CustomerState => {
  const { uid, at, expires_at } = engagement;
  const engagements = [engagement, ...state.engagements].slice(0, stateBounds.engagements);
  if (content.kind !== 'inbox') return { ...state, engagements };
  const { category_id } = content;
  const entry = { uid, at, category_id, expires_at, read: false, starred: false };
  return { ...state, engagements, inbox: [entry, ...state.inbox].slice(0, stateBounds.inbox) };
};
