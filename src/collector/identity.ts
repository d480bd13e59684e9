/**
 * Whether somebody is who they say, and what their word is worth by the label's rules. Pure.
 */
import type { Trust } from '../wire/event.ts';
import type { Label } from './config/config.ts';
import { checkHash, type HashCheck, momentOfProof } from './hashes.ts';

/** Who vouches for the users of a request. */
export type Voucher = { by: 'secret key' } | { by: 'hashes'; check: (user: string) => HashCheck };

/** Checks each user's hash once. */
export const hashVoucher = (label: Label, hashes: { [user: string]: string }, now: number): Voucher => {
  const rules = { ...label.hashes, labelKeys: label.keys.public };
  const checked = new Map<string, HashCheck>();
  return {
    by: 'hashes',
    check(user) {
      const known = checked.get(user);
      if (known) return known;
      const check = checkHash(user, Object.hasOwn(hashes, user) ? hashes[user] : undefined, rules, now);
      checked.set(user, check);
      return check;
    },
  };
};

type IdentityCode = 'identity_unverified' | 'identity_expired' | 'bad_hash';
export type Identity = { ok: true; trust: Trust } | { ok: false; code: IdentityCode; message: string };

const unless = (required: boolean, code: IdentityCode, message: string): Identity =>
  required ? { ok: false, code, message } : { ok: true, trust: 'unverified' };

/**
 * @param user `null`: a visitor, who claims to be nobody, so that there is nothing to prove
 * @param moment when it was said: a proof must have held then
 */
export const identityOf = (
  user: string | null,
  moment: number,
  { hashes }: Label,
  voucher: Voucher,
  now: number,
): Identity => {
  if (voucher.by === 'secret key') return { ok: true, trust: 'server' };
  if (user === null) return { ok: true, trust: 'unverified' };
  const check = voucher.check(user);
  if (check.is === 'missing')
    return unless(
      hashes.required,
      'identity_unverified',
      'this label requires a user_hash, and none came for this user',
    );
  if (check.is === 'malformed')
    return unless(hashes.required, 'bad_hash', 'the user_hash is neither md5:validity nor v2.signature:validity');
  if (check.is === 'wrong') return unless(hashes.required, 'identity_unverified', check.why);
  if (check.until < momentOfProof(moment, now, hashes.graceDays))
    return unless(hashes.required, 'identity_expired', 'the user_hash had expired when the event happened');
  return { ok: true, trust: 'verified' };
};
