/**
 * One message to one subscription, through the push service that the browser named. Knows no customers.
 */
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { isIP } from 'node:net';
import webPush from 'web-push';
import { isPublicAddress, NotPublic, publicLookup } from './public-address.ts';
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

const TIMEOUT = 10_000;
const DAY_SECONDS = 86_400;
/** What push services say of a subscription that ended (RFC 8030, section 5.1 and what they do beside it). */
const GONE = new Set([404, 410]);

/** Why an endpoint is not called. */
export const endpointProblem = (endpoint: string, allowLoopback = false): string | undefined => {
  if (!URL.canParse(endpoint)) return 'the endpoint is no URL';
  const { protocol, hostname, username } = new URL(endpoint);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (allowLoopback && (host === '127.0.0.1' || host === '::1')) return undefined;
  if (protocol !== 'https:' || username !== '') return 'the endpoint is no https URL';
  return isIP(host) !== 0 && !isPublicAddress(host) ? new NotPublic().message : undefined;
};

interface Prepared {
  endpoint: string;
  headers: { [name: string]: string };
  body: Buffer;
}

/** Redirects are not followed: an answer must not lead us where the endpoint may not. */
const post = ({ endpoint, headers, body }: Prepared, isLocal: boolean, timeout: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const call = new URL(endpoint).protocol === 'http:' ? overHttp : overHttps;
    const options = { method: 'POST', headers, ...(isLocal ? {} : { lookup: publicLookup }) };
    const sent = call(endpoint, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    // An endpoint may be anybody's: one that trickles is never silent, and its answer may have no end.
    const over = setTimeout(() => sent.destroy(new Error(`no answer within ${timeout / 1000} s`)), timeout);
    sent.once('close', () => clearTimeout(over));
    sent.once('error', reject);
    sent.end(body);
  });

/** @param allowLoopback for tests: a push service on this machine, over plain http */
export const createPushService = (keys: VapidKeys, { allowLoopback = false, timeout = TIMEOUT } = {}): PushService => {
  const prepare = (subscription: PushSubscription, message: string, subject: string): Prepared | undefined => {
    try {
      const vapidDetails = { subject, ...keys };
      return webPush.generateRequestDetails(subscription, message, { vapidDetails, TTL: DAY_SECONDS });
    } catch {
      return undefined; // keys that no browser made: nothing can be encrypted for them
    }
  };
  return {
    async send(subscription, message, subject) {
      const problem = endpointProblem(subscription.endpoint, allowLoopback);
      if (problem) return { is: 'gone', why: problem };
      const prepared = prepare(subscription, message, subject);
      if (!prepared) return { is: 'gone', why: 'the keys of the subscription cannot be used' };
      try {
        const status = await post(prepared, allowLoopback, timeout);
        if (status >= 200 && status < 300) return { is: 'sent' };
        return { is: GONE.has(status) ? 'gone' : 'failed', why: `the push service answered ${status}` };
      } catch (cause) {
        return { is: 'failed', why: (cause as Error).message };
      }
    },
  };
};
