/**
 * Sends a customer something: checked, kept with its words, in the customer's state, and so told to the open pages. The same
 * id sent again changes nothing. Whatever the operator did wrong is told at once, with its places.
 */
import type { Channel } from '../channel.ts';
import type { Label } from '../config/config.ts';
import type { Customers } from '../customers.ts';
import type { Customer } from '../engine/customer-key.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import { engagementOf, withEngagement } from '../engine/engagement-made.ts';
import type { Delivery } from '../engine/reaction.ts';
import type { Quota } from '../following/quota.ts';
import { type Refusal, refuseMistakes } from '../refusal.ts';
import type { UserStore } from '../store/user-store.ts';
import type { Removed } from './clean-html.ts';
import { type Content, contentText } from './content.ts';
import { placesOf } from './places.ts';
import type { RequestMistake } from './reading.ts';
import { givenUid, readRequest } from './request.ts';

export interface Sent {
  /** `known`: it was sent to this customer before, and nothing changed. */
  is: 'sent' | 'known';
  engagement_uid: string;
  /** Open pages on this collector, which were told; those on others are too, and nobody counts them. */
  delivered: number;
  /** What was taken out of the HTML. */
  removed: Removed[];
}

/** What would become of a request: nothing is kept and nobody is told. */
export interface Preview {
  mistakes: RequestMistake[];
  removed: Removed[];
}

export interface Engagements {
  send(label: Label, customer: Customer, request: unknown): Promise<Sent>;
  preview(label: Label, request: unknown): Preview;
}

export interface EngagementsNeeds {
  users: Pick<UserStore, 'keepContent' | 'content'>;
  customers: Customers;
  channel: Pick<Channel, 'pagesHere'>;
  quota: Quota;
  /** The collector's own origins, complete once it listens. */
  ownOrigins: ReadonlySet<string>;
  newUid: () => string;
  now: () => number;
}

const isIn = ({ engagements }: CustomerState, uid: string): boolean => engagements.some((one) => one.uid === uid);

const refusal = (mistakes: RequestMistake[]): Refusal => refuseMistakes('bad_engagement', mistakes);

export const createEngagements = ({
  users,
  customers,
  channel,
  quota,
  ownOrigins,
  newUid,
  now,
}: EngagementsNeeds): Engagements => {
  /** The words of an id stay what they first were: one id may go to many customers, and says the same to each. */
  const keep = async (label: Label, uid: string, content: Content): Promise<void> => {
    const text = contentText(content);
    await users.keepContent(label.name, uid, text);
    if ((await users.content(label.name, uid)) === text) return;
    const reason = 'was used for something else; take another, or leave it out';
    throw refusal([{ path: 'engagement_uid', code: 'uid_taken', reason }]);
  };

  /** Inbox messages are counted by the month; one too many is a row of the report and nothing else. */
  const takeQuota = async (label: Label, customer: Customer, uid: string, { kind }: Content): Promise<number> => {
    await quota.counted(label);
    if (kind !== 'inbox') return 0;
    if (quota.left(label) > 0) {
      quota.take(label, 1);
      return 1;
    }
    const reason = `this label has sent its ${label.messages.inboxPerMonth} inbox messages of this month`;
    const at = now();
    const row: Delivery = {
      uid,
      campaign: 'admin',
      eid: null,
      channel: kind,
      status: 'over_limit',
      at,
      status_at: at,
      why: reason,
    };
    const rowIn = (state: CustomerState): Delivery[] => (isIn(state, uid) ? [] : [row]);
    await customers.change(label, customer, (state) => state, rowIn);
    throw refusal([{ path: 'kind', code: 'over_limit', reason }]);
  };
  const make = async (label: Label, customer: Customer, uid: string, content: Content): Promise<'made' | 'known'> => {
    const engagement = engagementOf(uid, content, now(), { from: 'admin', eid: null });
    const taken = await takeQuota(label, customer, uid, content);
    let made: 'made' | 'known' = 'known';
    try {
      await keep(label, uid, content);
      const { engagements } = await customers.change(
        label,
        customer,
        (state) => (isIn(state, uid) ? state : withEngagement(state, engagement, content)),
        undefined,
        [{ id: uid, content: contentText(content) }],
      );
      // Otherwise the same was sent twice at once, and the other one is there.
      if (engagements.includes(engagement)) made = 'made';
    } finally {
      if (made === 'known') quota.take(label, -taken);
    }
    return made;
  };

  return {
    async send(label, customer, request) {
      const known = (engagement_uid: string): Sent => ({ is: 'known', engagement_uid, delivered: 0, removed: [] });
      // Before its mistakes: what is tried again for hours may have expired since.
      const given = givenUid(request);
      if (given !== undefined && isIn(await customers.read(label, customer), given)) return known(given);
      const read = readRequest(request, placesOf(label, ownOrigins), now());
      if (!read.ok) throw refusal(read.mistakes);
      const { uid = newUid(), content, removed } = read.requested;
      if ((await make(label, customer, uid, content)) === 'known') return known(uid);
      return { is: 'sent', engagement_uid: uid, delivered: channel.pagesHere(label.name, customer.key), removed };
    },
    preview(label, request) {
      const read = readRequest(request, placesOf(label, ownOrigins), now());
      return read.ok ? { mistakes: [], removed: read.requested.removed } : { mistakes: read.mistakes, removed: [] };
    },
  };
};
