/**
 * One message to one subscription, through the push service that the browser named. Knows no customers.
 */
import webPush from 'web-push';
import { createOutward, type Outward, type Posted } from '../effects/outward.ts';
import type { VapidKeys } from './vapid.ts';

export interface PushSubscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

/** `gone`: the subscription will never work again. */
export type Delivery = { is: 'sent' } | { is: 'gone'; why: string } | { is: 'failed'; why: string };

export interface PushService {
  send(subscription: PushSubscription, message: string, subject: string): Promise<Delivery>;
}

const DAY_SECONDS = 86_400;
/** What push services say of a subscription that ended (RFC 8030, section 5.1 and what they do beside it). */
const GONE = new Set([404, 410]);

export const createPushService = (keys: VapidKeys, outward: Outward = createOutward()): PushService => {
  const prepare = (subscription: PushSubscription, message: string, subject: string): Posted | undefined => {
    try {
      const vapidDetails = { subject, ...keys };
      const details = webPush.generateRequestDetails(subscription, message, { vapidDetails, TTL: DAY_SECONDS });
      return { url: details.endpoint, headers: details.headers, body: details.body };
    } catch {
      return undefined; // keys that no browser made: nothing can be encrypted for them
    }
  };
  return {
    async send(subscription, message, subject) {
      const problem = outward.problem(subscription.endpoint);
      if (problem) return { is: 'gone', why: `the endpoint ${problem}` };
      const prepared = prepare(subscription, message, subject);
      if (!prepared) return { is: 'gone', why: 'the keys of the subscription cannot be used' };
      try {
        const { status } = await outward.post(prepared);
        if (status >= 200 && status < 300) return { is: 'sent' };
        return { is: GONE.has(status) ? 'gone' : 'failed', why: `the push service answered ${status}` };
      } catch (cause) {
        return { is: 'failed', why: (cause as Error).message };
      }
    },
  };
};
