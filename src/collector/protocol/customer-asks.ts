/**
 * Questions about the customer who asks, and where their pushes go.
 */
import { ADDRESS_LENGTH } from '../../wire/limits.ts';
import { cids, type Message, type SegmentMatch } from '../../wire/protocol.ts';
import type { Customers } from '../customers.ts';
import { isCurrent } from '../engagement/content.ts';
import { type CustomerState, type PushTarget, stateBounds } from '../engine/customer-state.ts';
import { profileExtras } from '../engine/mission-view.ts';
import { publicProps } from '../engine/public-props.ts';
import { compiledSegments } from '../engine/segment-answers.ts';
import { ProtocolError } from './answer.ts';
import type { Asks } from './ask.ts';
import { textField, wholeField } from './fields.ts';

export interface CustomerNeeds {
  customers: Customers;
  now: () => number;
}

/** Segments of one question. */
const MOST_SEGMENTS = 100;

/** One id is a list of one. */
const segmentIds = ({ segment_id }: Message): (string | number)[] => {
  const ids: unknown[] = Array.isArray(segment_id) ? segment_id : [segment_id];
  const known = ids.filter((id) => typeof id === 'string' || typeof id === 'number');
  if (known.length < ids.length || ids.length > MOST_SEGMENTS)
    throw new ProtocolError('bad_message', `segment_id must be a list of at most ${MOST_SEGMENTS} names or numbers`);
  return [...new Set(known)];
};

const subscriptionIn = ({ subscription }: Message): PushTarget['subscription'] => {
  if (subscription === undefined || subscription === null) return null;
  const { endpoint, keys } = Object(subscription) as Message;
  const { p256dh, auth } = Object(keys) as Message;
  const texts = [endpoint, p256dh, auth].every((text) => typeof text === 'string' && text.length <= ADDRESS_LENGTH);
  if (!texts || !/^https:/.test(endpoint as string))
    throw new ProtocolError('bad_message', 'subscription must be one of PushManager’s, with an https endpoint');
  return { endpoint: endpoint as string, keys: { p256dh: p256dh as string, auth: auth as string } };
};

const pushTargetIn = (message: Message, at: number): PushTarget => {
  const subscription = subscriptionIn(message);
  const id = subscription?.endpoint ?? textField(message, 'token', ADDRESS_LENGTH);
  return { id, platform: wholeField(message, 'platform', 0), subscription, at };
};

const withTarget = (state: CustomerState, target: PushTarget): CustomerState => ({
  ...state,
  push: [target, ...state.push.filter(({ id }) => id !== target.id)].slice(0, stateBounds.push),
});

export const customerAsks = ({ customers, now }: CustomerNeeds): Asks => ({
  [cids.profile]: {
    by: 'anyone',
    async answer({ label, customer }) {
      const state = await customers.read(label, customer);
      return {
        points_balance: state.points.balance,
        points_ever: state.points.ever,
        gems_balance: state.gems,
        diamonds_balance: state.diamonds,
        current_level: state.level?.name ?? null,
        current_level_id: state.level?.id ?? null,
        level_counter_1: 0,
        level_counter_2: 0,
        props: publicProps(state, now()),
        ...profileExtras(label.missions, state),
      };
    },
  },
  [cids.eligible]: {
    by: 'anyone',
    async answer({ label, customer }, message) {
      const uid = textField(message, 'engagement_uid', 64);
      const { engagements } = await customers.read(label, customer);
      const eligible = engagements.some((one) => one.uid === uid && one.status === 'pending' && isCurrent(one, now()));
      return { eligible };
    },
  },
  [cids.segments]: {
    by: 'anyone',
    async answer({ label, customer }, message) {
      const ids = segmentIds(message);
      const state = await customers.read(label, customer);
      const rules = compiledSegments(label.segments);
      const segments = ids.map((segment_id): SegmentMatch => {
        const rule = rules.get(String(segment_id));
        if (!rule) return { segment_id, is_matching: false, is_unknown: true };
        return { segment_id, is_matching: rule.ask({ state, now: now(), context: {} }).matches };
      });
      return { segments };
    },
  },
  [cids.pushToken]: {
    by: 'anyone',
    async answer({ label, customer }, message) {
      const target = pushTargetIn(message, now());
      await customers.change(label, customer, (state) => withTarget(state, target));
      return {};
    },
  },
});
