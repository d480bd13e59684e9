/**
 * A webhook: the operator's own system is told what happened. It may come twice, always under the same id.
 */
import type { Payload } from '../../wire/event.ts';
import type { Customer } from '../engine/customer-key.ts';
import type { Outgoing } from './outbound.ts';
import type { Outward } from './outward.ts';
import { callProblem } from './public-address.ts';
import { failed, type Sending } from './sending.ts';
import { signedPost } from './signed-post.ts';

export interface WebhookWords {
  url: string;
  /** What the campaign says, and the event that it answers. */
  body: Payload;
}

/** Why a webhook of this URL would never be called: for whoever writes one down. */
export const webhookProblem = (url: string): string | undefined => callProblem(url);

/** By the names of the admin API. */
const whois = ({ key, user }: Customer): Payload =>
  user === null ? { device_id: key.slice('d:'.length) } : { user_ext_id: user };

export const sendWebhook = async (
  { label, customer, item: { uid, campaign }, words }: Outgoing,
  { outward, now }: { outward: Outward; now: () => number },
): Promise<Sending> => {
  if (label.messages.webhooks === null) return failed('the label has no messages.webhooks.key to sign with');
  const { url, body } = words as WebhookWords;
  const told = { ...body, id: uid, campaign, customer: whois(customer) };
  return signedPost(outward, { url, key: label.messages.webhooks.key, id: uid, body: told }, now());
};
