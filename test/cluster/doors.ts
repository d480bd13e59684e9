/**
 * The two doors of a collector as their clients use them: a browser's batches, and an operator's server. Makes bodies; sends
 * nothing.
 */
import { eventIds } from '../../src/wire/ids.ts';
import type { Chance } from '../support/seeds.ts';
import { label, PAYMENT } from './ground.ts';

/** What a client says: until it is acknowledged it says the very same again. */
export interface Said {
  path: string;
  headers: Record<string, string>;
  body: string;
  eids: string[];
  /** Of a payment: who paid, as often as they stand here. */
  paid: string[];
}

export type Door = (count: number) => Said;

const idsOf = (chance: Chance) => eventIds(Date.now, `${chance.word()}${chance.word()}`.slice(0, 12).padEnd(12, '0'));

/** A page that goes on calling. */
export const browserDoor = (client: number, chance: Chance): Door => {
  const next = idsOf(chance);
  let seq = 0;
  return (count) => {
    const events = Array.from({ length: count }, () => ({
      eid: next(),
      event_date: Date.now(),
      ext_brand_id: label.brand,
      user_ext_id: `player-${client}`,
      event_type: 'client_action',
      payload: { client_action: 'played', words: chance.word() },
      session_id: `session-${client}`,
      page_id: `page-of-${client}`,
      seq: ++seq,
      source: 'api',
    }));
    const batch = { batch_id: `batch-${client}-${seq}`, label_key: label.key, device_id: `device-${client}` };
    return {
      path: '/v1/events',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ ...batch, sent_at: Date.now(), hashes: {}, losses: {}, pages: [], events }),
      eids: events.map(({ eid }) => eid),
      paid: [],
    };
  };
};

/** Customers of one client. */
const PAYERS = 4;

/** A server that tells of payments, from which something follows. */
export const serverDoor = (client: number, chance: Chance): Door => {
  const next = idsOf(chance);
  return (count) => {
    const events = Array.from({ length: count }, () => ({
      eid: next(),
      event_date: Date.now(),
      ext_brand_id: label.brand,
      user_ext_id: `payer-${client}-${chance.whole(1, PAYERS)}`,
      event_type: 'client_action',
      payload: { client_action: PAYMENT, amount: chance.whole(1, 100) },
    }));
    return {
      path: '/api/external/events/v2',
      headers: { 'content-type': 'application/json', authorization: label.secret },
      body: JSON.stringify(events),
      eids: events.map(({ eid }) => eid),
      paid: events.map(({ user_ext_id }) => user_ext_id),
    };
  };
};
