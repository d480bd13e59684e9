/**
 * One event against its label's rules: who it is from, whether it may be kept, and as what. Pure.
 * A refusal here is one event's verdict; the rest of its batch goes on.
 */
import type { VerdictCode } from '../wire/codes.ts';
import type { BrowserEvent, Envelope } from '../wire/event.ts';
import { limits } from '../wire/limits.ts';
import type { Label } from './config/config.ts';
import { judgeLink } from './deep-links.ts';
import { momentOfProof } from './hashes.ts';
import { identityOf, type Voucher } from './identity.ts';
import { type LabelRules, underRules } from './operator/field-rules.ts';
import { fieldCode, nameIn, shapeOf } from './shape.ts';
import type { NewEvent } from './store/event-log.ts';

/** An event with its place in a browser; without a `seq` it is not counted there. */
export type PlacedEvent = Omit<BrowserEvent, 'seq'> & { seq: number | null };

export type Admission = { ok: true; event: NewEvent } | { ok: false; code: VerdictCode; message: string };

const DAY = 86_400_000;
const refuse = (code: VerdictCode, message: string): Admission => ({ ok: false, code, message });

/** A text has at most three bytes a unit: most payloads need no second look. */
const isTooLarge = (json: string): boolean =>
  json.length * 3 > limits.payloadBytes && Buffer.byteLength(json) > limits.payloadBytes;

/**
 * @param now when the request came
 * @param rules what the registry sets for fields: one that is dropped here is in nothing that comes after
 */
export const admit = (
  event: Envelope | PlacedEvent,
  index: number,
  label: Label,
  voucher: Voucher,
  now: number,
  rules?: LabelRules,
): Admission => {
  const { eid, event_date, user_ext_id, event_type } = event;
  const browser = 'page_id' in event ? event : undefined;
  const brand = event.ext_brand_id ?? label.brands[0]!;
  if (!label.brands.includes(brand)) return refuse('unknown_brand', 'this label has no brand of that name');
  if (voucher.by === 'secret key' && user_ext_id === null && event.scope !== 'system')
    return refuse('no_user', 'an event from a server needs user_ext_id, or scope "system"');
  // It would be told to every customer: not on a page's word.
  if (voucher.by !== 'secret key' && event.scope === 'system')
    return refuse('bad_scope', 'a system event comes from a server, with a secret key');
  if (label.retentionDays !== null && event_date < now - label.retentionDays * DAY)
    return refuse('too_old', `this label keeps events for ${label.retentionDays} days, and this one is older`);
  const identity = identityOf(user_ext_id, event_date, label, voucher, now);
  if (!identity.ok) return identity;
  if (browser?.source === 'deep_link' && event_type === 'client_action') {
    const moment = momentOfProof(event_date, now, label.hashes.graceDays);
    const action = nameIn(event_type, event.payload);
    const verdict = judgeLink(action, browser.link, label.deepLinkActions, label.linkKeys, moment);
    if (verdict === 'link_not_listed') return refuse(verdict, 'this label does not let links fire this action');
    if (verdict === 'link_not_signed')
      return refuse(verdict, 'this label wants links signed; this one is not, or no longer');
  }
  const ruled = rules ? underRules(rules, event_type, event.payload) : undefined;
  if (ruled && !ruled.ok) return refuse('bad_field_type', ruled.message);
  const { payload } = ruled ?? event;
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
      source: browser?.source ?? (voucher.by === 'secret key' ? 'server' : 'api'),
      frame: browser?.frame ?? null,
      trust: identity.trust,
      name: nameIn(event_type, payload),
      shape: shapeOf(event_type, payload),
    },
  };
};
