/**
 * What became of an engagement, as its page reports it: shown, clicked, failed. Pure; a status never goes backwards, so
 * a report that comes late or twice changes nothing.
 */
import type { Payload } from '../../wire/event.ts';
import type { CustomerState, Engagement } from './customer-state.ts';
import type { Delivery } from './reaction.ts';

const rank: { [status in Engagement['status']]: number } = { pending: 0, failed: 1, shown: 2, clicked: 3 };

export const engagementReported =
  (status: Engagement['status']) =>
  (state: CustomerState, { payload, at }: { payload: Payload; at: number }): CustomerState => {
    const isMeant = (one: Engagement): boolean => one.uid === payload.engagement_uid && rank[one.status] < rank[status];
    if (!state.engagements.some(isMeant)) return state;
    return {
      ...state,
      engagements: state.engagements.map((one) => (isMeant(one) ? { ...one, status, status_at: at } : one)),
    };
  };

/** Rows of the engagements of which more is known by now. */
export const reportedRows = (before: CustomerState, after: CustomerState): Delivery[] => {
  if (before.engagements === after.engagements) return [];
  const known = new Map(before.engagements.map(({ uid, status }) => [uid, status]));
  return after.engagements
    .filter(({ uid, status }) => known.get(uid) !== status)
    .map(({ uid, from, eid = null, kind, status, at, status_at }) => ({
      uid,
      campaign: from,
      eid,
      channel: kind,
      status,
      at,
      status_at,
      why: '',
    }));
};
