/**
 * Asks the collector in the customer's name, with the public label key and the hash: it can learn what that customer may.
 * A refusal becomes one of the few troubles that a person can do something about.
 */
import {
  type Answer,
  cids,
  errCodes,
  type IdentifyAnswer,
  type InboxItem,
  type ProfileExtras,
} from '../../wire/protocol.ts';
import type { Address } from './address.ts';

export type Trouble = 'address' | 'hash' | 'expired' | 'origin' | 'busy' | 'unreachable';

export class Refused extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble, options?: ErrorOptions) {
    super(trouble, options);
    this.trouble = trouble;
  }
}

const troubles = new Map<unknown, Trouble>([
  ['unknown_label', 'address'],
  ['bad_request', 'address'],
  ['bad_message', 'address'],
  ['not_identified', 'address'],
  ['unknown_key', 'address'],
  ['identity_unverified', 'hash'],
  ['bad_hash', 'hash'],
  ['identity_expired', 'expired'],
  ['origin_not_allowed', 'origin'],
  ['rate_limited', 'busy'],
]);
for (const [code, number] of Object.entries(errCodes)) {
  const trouble = troubles.get(code);
  if (trouble) troubles.set(number, trouble);
}

export interface InboxPage {
  log: InboxItem[];
  unread_count: number;
}

export interface Questions {
  customer(): Promise<IdentifyAnswer>;
  earned(): Promise<ProfileExtras>;
  inbox(offset: number): Promise<InboxPage>;
}

export const PAGE = 20;

export const createQuestions = ({ label_key, brand_key, user_ext_id, hash }: Address): Questions => {
  const ask = async <Told>(cid: number, fields: object = {}): Promise<Told> => {
    if (!label_key || !user_ext_id) throw new Refused('address');
    const who = { api_key: label_key, brand_key, ext_user_id: user_ext_id, ...(hash ? { hash } : {}) };
    const body = JSON.stringify({ ...who, cid, ts: Date.now(), ...fields });
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    let answer: Answer & { code?: string };
    try {
      answer = (await (await fetch('s2s-api', options)).json()) as Answer & { code?: string };
    } catch (cause) {
      throw new Refused('unreachable', { cause });
    }
    if (answer.errCode === 0) return answer as unknown as Told;
    throw new Refused(troubles.get(answer.code ?? answer.errCode) ?? 'unreachable');
  };
  return {
    customer: () => ask(cids.identify),
    earned: () => ask(cids.profile),
    inbox: (offset) => ask(cids.inboxList, { limit: PAGE, offset }),
  };
};
