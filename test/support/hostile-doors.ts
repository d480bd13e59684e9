/**
 * Every door of the collector that takes a body, with good ones for it, under all the keys of one label. What is made of
 * them is `hostile-requests.ts`'s to say.
 */
import { batch, browserEvent, envelope, md5Hash } from './batches.ts';
import { CANARY } from './mutation.ts';
import { mine } from './two-labels.ts';

/** Stands where every request has an id of its own. */
export const EID = 'eid-of-the-template';
const user = `user-${CANARY}`;
const payload = { client_action: CANARY, price: 5, list: ['a', { b: null }] };
const event = { ...browserEvent({ eid: EID, user_ext_id: user, payload }) };
const spoken = {
  api_key: mine.publicKey,
  label_key: mine.publicKey,
  brand_key: 'demo-brand',
  ext_user_id: user,
  uuid: EID,
};
const token = md5Hash(user, mine.salt, Date.now() + 86_400_000);
export const messages = [1, 3, 5, 7, 8, 9, 103, 104, 106, 155, 157, 159, 161, 191, 513, 527, 529, 531, 535, 1003].map(
  (cid) => ({
    ...spoken,
    cid,
    hash: token,
    ts: 1_795_000_000_000,
    eventType: CANARY,
    payload,
    engagement_uid: CANARY,
    activityType: 30,
    action: CANARY,
    segment_id: ['VIP', CANARY],
    limit: 10,
    avatar_id: `https://${CANARY}.example/a.png`,
    public_username_custom: CANARY,
    is_starred: true,
  }),
);
const clientEvent = {
  clientEventId: EID,
  clientEventType: 'AdImpression',
  clientEvent: 'AdViewableImpression',
  clientEventTimestamp: '2026-03-01T12:00:00Z',
  clientEventMetadata: { section: CANARY, channel: 'Email' },
};
const customer = `/v1/customers/${user}`;

export interface Door {
  path: string;
  key: string;
  good: object[];
}
export const doors: Door[] = [
  {
    path: '/v1/events',
    key: '',
    good: [
      batch([event, event], {
        label_key: mine.publicKey,
        hashes: { [user]: token },
        losses: { overflow: 1 },
        pages: [{ page_id: 'page-of-fuzz', session_id: 'session-1', seq: 9 }],
      }),
    ],
  },
  {
    path: '/api/external/events/v2',
    key: mine.secretKey,
    good: [
      envelope({ eid: EID, user_ext_id: user, payload }),
      [envelope({ eid: EID, payload })],
      envelope({
        eid: EID,
        event_type: 'update_profile',
        user_ext_id: user,
        payload: { email: `${CANARY}@x.example` },
      }),
    ],
  },
  { path: '/s2s-api', key: '', good: messages },
  { path: '/s2s-api', key: mine.secretKey, good: messages },
  { path: '/v2/session/startSession', key: '', good: [{ secret: mine.secretKey, sourceCustomerId: user }] },
  { path: '/v2/events/clientEvent', key: mine.secretKey, good: [{ clientEvents: [clientEvent] }] },
  {
    path: '/v2/ads/getAds',
    key: mine.secretKey,
    good: [{ activationStates: [CANARY], visibilityStates: [], maxAdLimit: 3 }],
  },
  {
    path: '/v1/registry',
    key: mine.adminKey,
    good: [{ kind: 'action', name: CANARY, fields: { a: { type: 'number' } } }],
  },
  {
    path: '/v1/segments/preview',
    key: mine.adminKey,
    good: [{ rule: { all: [{ tag: CANARY }, { event: CANARY, where: { price: { $gt: 5 } } }] }, limit: 2 }],
  },
  {
    path: '/v1/campaigns/dry-run',
    key: mine.adminKey,
    good: [{ campaign: { name: CANARY, on: 'x', steps: [] }, from: 1, to: 2 }],
  },
  { path: `${customer}/tags`, key: mine.adminKey, good: [{ operation: 'add', tags: [CANARY] }] },
  {
    path: `${customer}/engagements`,
    key: mine.adminKey,
    good: [
      { kind: 'popup', title: CANARY, html: `<p>${CANARY}</p>` },
      { kind: 'inbox', title: CANARY, body: CANARY },
    ],
  },
  { path: `${customer}/push`, key: mine.adminKey, good: [{ title: CANARY, body: CANARY }] },
  { path: '/v1/engagements/preview', key: mine.adminKey, good: [{ kind: 'popup', title: CANARY, html: '<b>x</b>' }] },
];
