/**
 * One event against its label's rules: who it is from, whether it may be kept, and as what. Pure.
 * A refusal here is one event's verdict; the rest of its batch goes on.
 */
import type { VerdictCode } from '../wire/codes.ts';
import type { BrowserEvent, Envelope, Trust } from '../wire/event.ts';
import { limits } from '../wire/limits.ts';
import type { Label } from './config.ts';
import { judgeLink } from './deep-links.ts';
import { checkHash, type HashCheck, momentOfProof } from './hashes.ts';
import { fieldCode, nameIn, shapeOf } from './shape.ts';
import type { NewEvent } from './store/event-log.ts';

export type Admission = { ok: true; event: NewEvent } | { ok: false; code: VerdictCode; message: string };

const DAY = 86_400_000;
const refuse = (code: VerdictCode, message: string): Admission => ({ ok: false, code, message });

/** Who vouches for the events of a request. */
export type Voucher = { by: 'secret key' } | { by: 'hashes'; check: (user: string) => HashCheck };

/** Checks each user's hash of a batch once. */
export const hashVoucher = (label: Label, hashes: { [user: string]: string }, now: number): Voucher => {
  const rules = { ...label.hashes, labelKeys: label.keys.public };
  const checked = new Map<string, HashCheck>();
  return {
    by: 'hashes',
    check(user) {
      const known = checked.get(user);
      if (known) return known;
      const check = checkHash(user, hashes[user], rules, now);
      checked.set(user, check);
      return check;
    },
  };
};

type Identity = { ok: true; trust: Trust } | { ok: false; code: VerdictCode; message: string };

const unless = (required: boolean, code: VerdictCode, message: string): Identity =>
  required ? { ok: false, code, message } : { ok: true, trust: 'unverified' };

const identityOf = (event: Envelope, { hashes }: Label, voucher: Voucher, now: number): Identity => {
  if (voucher.by === 'secret key') return { ok: true, trust: 'server' };
  // A visitor claims to be nobody, so there is nothing to prove.
  if (event.user_ext_id === null) return { ok: true, trust: 'unverified' };
  const check = voucher.check(event.user_ext_id);
  if (check.is === 'missing')
    return unless(
      hashes.required,
      'identity_unverified',
      'this label requires a user_hash, and none came for this user',
    );
  if (check.is === 'malformed')
    return unless(hashes.required, 'bad_hash', 'the user_hash is neither md5:validity nor v2.signature:validity');
  if (check.is === 'wrong') return unless(hashes.required, 'identity_unverified', check.why);
  if (check.until < momentOfProof(event.event_date, now, hashes.graceDays))
    return unless(hashes.required, 'identity_expired', 'the user_hash had expired when the event happened');
  return { ok: true, trust: 'verified' };
};

/** A text has at most three bytes a unit: most payloads need no second look. */
const isTooLarge = (json: string): boolean =>
  json.length * 3 > limits.payloadBytes && Buffer.byteLength(json) > limits.payloadBytes;

/** @param now when the request came */
export const admit = (
  event: Envelope | BrowserEvent,
  index: number,
  label: Label,
  voucher: Voucher,
  now: number,
): Admission => {
  const { eid, event_date, user_ext_id, event_type, payload } = event;
  const browser = 'page_id' in event ? event : undefined;
  const brand = event.ext_brand_id ?? label.brands[0]!;
  if (!label.brands.includes(brand)) return refuse('unknown_brand', 'this label has no brand of that name');
  if (voucher.by === 'secret key' && user_ext_id === null && event.scope !== 'system')
    return refuse('no_user', 'an event from a server needs user_ext_id, or scope "system"');
  if (label.retentionDays !== null && event_date < now - label.retentionDays * DAY)
    return refuse('too_old', `this label keeps events for ${label.retentionDays} days, and this one is older`);
  const identity = identityOf(event, label, voucher, now);
  if (!identity.ok) return identity;
  if (browser?.source === 'deep_link' && event_type === 'client_action') {
    const moment = momentOfProof(event_date, now, label.hashes.graceDays);
    const verdict = judgeLink(nameIn(event_type, payload), browser.link, label.deepLinkActions, label.linkKeys, moment);
    if (verdict === 'link_not_listed') return refuse(verdict, 'this label does not let links fire this action');
    if (verdict === 'link_not_signed')
      return refuse(verdict, 'this label wants links signed; this one is not, or no longer');
  }
  if (label.strictFieldCodes) {
    const bad = Object.keys(payload).findIndex((name) => !fieldCode.test(name));
    if (bad >= 0)
      return refuse('bad_field_code', `name ${bad + 1} of the payload is not of the form ${fieldCode.source}`);
  }
  const json = JSON.stringify(payload);
  if (isTooLarge(json))
    return refuse('payload_too_large', `the payload is larger than ${limits.payloadBytes} bytes as JSON`);
  return {
    ok: true,
    event: {
      index,
      eid,
      event_date,
      ext_brand_id: brand,
      user_ext_id,
      event_type,
      payload: json,
      system: event.scope === 'system',
      session_id: browser?.session_id ?? null,
      page_id: browser?.page_id ?? null,
      seq: browser?.seq ?? null,
      source: browser?.source ?? 'server',
      trust: identity.trust,
      name: nameIn(event_type, payload),
      shape: shapeOf(event_type, payload),
    },
  };
};
