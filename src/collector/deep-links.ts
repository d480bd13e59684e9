/**
 * Which actions a link may fire, by the label's policy. Anybody can write a link; what it may do is the label's to say.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SignedLink } from '../wire/event.ts';
import type { DeepLinkActions } from './config/config.ts';
import { lengthPrefixed } from './hashes.ts';

export type LinkVerdict = 'allowed' | 'link_not_listed' | 'link_not_signed';

const signatureOf = (key: string, action: string, exp: number): Buffer =>
  createHmac('sha256', key)
    .update(['action', action, String(exp)].map(lengthPrefixed).join(''))
    .digest();

/** @param moment when the link must still have been valid */
export const judgeLink = (
  action: string,
  link: SignedLink | undefined,
  policy: DeepLinkActions,
  linkKeys: readonly string[],
  moment: number,
): LinkVerdict => {
  if (policy === 'all') return 'allowed';
  if (policy !== 'signed') return policy.listed.includes(action) ? 'allowed' : 'link_not_listed';
  if (!link || link.exp < moment) return 'link_not_signed';
  const given = Buffer.from(link.sig, 'base64url');
  const isSigned = linkKeys
    .map((key) => signatureOf(key, action, link.exp))
    .reduce((found, one) => (one.length === given.length && timingSafeEqual(one, given)) || found, false);
  return isSigned ? 'allowed' : 'link_not_signed';
};
