/**
 * Whether a `user_hash` proves who the user is. Pure; both published forms, every active salt, constant time.
 * Decides nothing about events: `admit.ts` does, by the label's rules.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { HashForm } from './config/config.ts';

const DAY = 86_400_000;
/** Clocks of the operator's servers and ours differ a little. */
const SKEW = 5 * 60_000;

export interface HashRules {
  /** Any active key of the label: the `v2` form is bound to one. */
  labelKeys: readonly string[];
  salts: readonly string[];
  maxValidityDays: number | null;
  graceDays: number;
  form: HashForm;
}

/** `held`: the signature is right, and `until` says for which events. */
export type HashCheck =
  | { is: 'missing' }
  | { is: 'malformed' }
  | { is: 'wrong'; why: string }
  | { is: 'held'; until: number };

const MD5_FORM = /^([0-9a-fA-F]{32}):(\d{1,16})$/;
const V2_FORM = /^v2\.([A-Za-z0-9_-]{43}):(\d{1,16})$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is exactly this range
const ASCII = /^[\u0000-\u007f]*$/;

/** A text with its length in bytes before it: no two lists of parts read alike. */
export const lengthPrefixed = (text: string): string => `${Buffer.byteLength(text)}:${text}`;

const md5Of = (user: string, salt: string, validity: string): Buffer =>
  createHash('md5').update(`${user}:${salt}:${validity}`.toLowerCase()).digest();

const v2Of = (labelKey: string, user: string, salt: string, validity: string): Buffer =>
  createHmac('sha256', salt).update([labelKey, user, validity].map(lengthPrefixed).join('')).digest();

/** Compares with every candidate, so that the time does not tell which salt was right. */
const isAnyOf = (signature: Buffer, candidates: Buffer[]): boolean =>
  candidates.reduce(
    (found, one) => (one.length === signature.length && timingSafeEqual(one, signature)) || found,
    false,
  );

export const checkHash = (user: string, hash: string | undefined, rules: HashRules, now: number): HashCheck => {
  if (hash === undefined) return { is: 'missing' };
  const md5 = MD5_FORM.exec(hash);
  const v2 = md5 ? null : V2_FORM.exec(hash);
  const [, signature, validity] = md5 ?? v2 ?? [];
  if (signature === undefined || validity === undefined) return { is: 'malformed' };
  if (md5 && rules.form === 'v2') return { is: 'wrong', why: 'this label accepts the v2 form of a user_hash only' };
  // Case folding makes one of several ids outside ASCII (the Kelvin sign and k); the older form cannot tell them apart.
  if (md5 && !ASCII.test(user)) return { is: 'wrong', why: 'the md5 form proves ASCII ids only; use the v2 form' };
  const until = Number(validity);
  const isRight = md5
    ? isAnyOf(
        Buffer.from(signature, 'hex'),
        rules.salts.map((salt) => md5Of(user, salt, validity)),
      )
    : isAnyOf(
        Buffer.from(signature, 'base64url'),
        rules.salts.flatMap((salt) => rules.labelKeys.map((key) => v2Of(key, user, salt, validity))),
      );
  if (!isRight) return { is: 'wrong', why: 'the user_hash is not that of this user' };
  if (rules.maxValidityDays !== null && until > now + rules.maxValidityDays * DAY + SKEW)
    return { is: 'wrong', why: `the user_hash is valid for more than ${rules.maxValidityDays} days` };
  return { is: 'held', until };
};

/**
 * The moment a proof must still hold at: when the event happened, so that a queue that was offline keeps its proof,
 * but not long ago (anybody can claim a date), and not in the future of a clock that is ahead.
 */
export const momentOfProof = (eventDate: number, receivedAt: number, graceDays: number): number =>
  Math.min(Math.max(eventDate, receivedAt - graceDays * DAY), receivedAt);
