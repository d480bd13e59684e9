/**
 * `_smartico.api`: the questions of the published interface, put to the collector as soon as it knows who is asking. Owns
 * what happens to them when the customer changes in between, and the answer to calls that belong to other products.
 */
import { cids, type Push } from '../../wire/protocol.ts';
import type { Callbacks } from '../callbacks.ts';
import type { SmarticoApi } from '../customer-api.ts';
import type { Ask } from '../live/live.ts';
import { smarticoError, type Tell } from '../notice.ts';
import type { Platform } from '../platform.ts';
import { textOf } from '../text.ts';
import type { UiNeeds } from '../ui/ui.ts';
import { createInbox } from './inbox-api.ts';
import { createSegmentEars, segmentKey } from './segment-ears.ts';
import { createSegments } from './segments.ts';

export interface ApiNeeds {
  platform: Pick<Platform, 'root' | 'now'>;
  ask: Ask;
  callbacks: Callbacks;
  /** The last user given, confirmed or not. */
  user(): string | null;
  /** Resolves when the user is identified, or the visitor's label set up; rejects `not_identified` after 10 s. */
  waitIdentified(): Promise<unknown>;
  /** `INBOX_PUBLIC_CDN`, once the label is set up. */
  bodiesAt(): Promise<string>;
  /** Durable, and once for each engagement and kind. */
  report: UiNeeds['report'];
  tell: Tell;
}

export interface Api {
  /** All but `getUserProfile`, which needs no answer and does not wait for this room. */
  api: SmarticoApi;
  /** Whatever the collector pushes, and the props that an identify brought, as if they were pushed. */
  heard(push: Push): void;
  /** Another user, none, or another language. */
  forget(): void;
}

/** Names that the language itself looks up on whatever it is given. */
const NO_CALL = /^(then|toJSON|[_$].*)$/;

export const createApi = ({
  platform,
  ask,
  callbacks,
  user,
  waitIdentified,
  bodiesAt,
  report,
  tell,
}: ApiNeeds): Api => {
  let customer = {};
  /** A question: an answer that was meant for another customer is nobody's, and it is put again. */
  const read: Ask = async (cid, fields) => {
    await waitIdentified();
    const asking = customer;
    try {
      const answer = await ask(cid, fields);
      if (asking === customer) return answer;
    } catch (cause) {
      if (asking === customer) throw cause;
    }
    return read(cid, fields);
  };
  /** A change is meant for the user who made it: never for the one who came after. */
  const write: Ask = async (cid, fields) => {
    const writer = user();
    await waitIdentified();
    if (writer && writer !== user()) throw smarticoError('not_identified', 'the user changed');
    return ask(cid, fields);
  };

  // A question about a segment that is none is answered with no, as published; who listens to one would wait for ever.
  const segments = createSegments(read, waitIdentified, (name) => {
    if (callbacks.heard(segmentKey(name))) tell('segment_unknown', name);
  });
  const ears = createSegmentEars({ callbacks, match: segments.match, tell });
  const inbox = createInbox({ platform, read, write, bodiesAt, tell });
  const reported = (what: 'impression' | 'action', given: unknown) => {
    const { engagement_uid, activityType, action } = Object(given);
    const uid = textOf(engagement_uid, 64);
    if (uid) report(what, uid, activityType, action);
    else tell('bad_argument', `${what} without engagement_uid`);
  };

  const calls = {
    ...inbox.calls,
    checkSegmentMatch: async (id) => (await segments.match(id))[0]?.is_matching ?? false,
    checkSegmentListMatch: segments.match,
    reportImpressionEvent: (given) => reported('impression', given),
    reportClickEvent: (given) => reported('action', given),
  } satisfies Partial<SmarticoApi>;
  const api = new Proxy(calls as SmarticoApi, {
    get(own, name) {
      if (name in own || typeof name === 'symbol' || NO_CALL.test(name)) return Reflect.get(own, name);
      return async () => {
        tell('not_available', `api.${name}`);
        if (name.startsWith('get')) return [];
        throw smarticoError('not_available', `api.${name}`);
      };
    },
  });

  return {
    api,
    heard(push) {
      if (push.cid === cids.propsPush) {
        segments.forget();
        void ears.look();
      }
      inbox.heard(push);
    },
    forget() {
      customer = {};
      segments.forget();
      ears.forget();
      inbox.forget();
    },
  };
};
