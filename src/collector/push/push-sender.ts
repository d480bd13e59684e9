/**
 * Sends a notification to every browser of a customer that asked for them, and forgets those that are gone for good.
 * Tokens of native apps are kept and counted: no gateway of theirs is spoken to.
 */
import type { Label } from '../config/config.ts';
import type { Customers } from '../customers.ts';
import type { Customer } from '../engine/customer-key.ts';
import type { PushService, PushSubscription } from './push-service.ts';

export interface Notice {
  title: string;
  body: string;
  /** What a click opens: a URL, a path or a deep link. */
  action: string | null;
  icon: string | null;
}

export interface PushReport {
  sent: number;
  /** Subscriptions that will never work again; they are no longer kept. */
  gone: number;
  failed: { endpoint_host: string; why: string }[];
  /** Native tokens, to which nothing was sent. */
  native: number;
}

export interface PushSender {
  send(label: Label, customer: Customer, notice: Notice): Promise<PushReport>;
}

const hostOf = (endpoint: string): string => (URL.canParse(endpoint) ? new URL(endpoint).host : '');

export const createPushSender = (service: PushService, customers: Customers): PushSender => ({
  async send(label, customer, notice) {
    const targets = (await customers.find(label, customer))?.push ?? [];
    const subscriptions = targets.flatMap(({ subscription }): PushSubscription[] =>
      subscription ? [subscription] : [],
    );
    const message = JSON.stringify(notice);
    const deliveries = await Promise.all(subscriptions.map((one) => service.send(one, message, label.push.subject)));
    const gone = new Set(
      subscriptions.filter((_, at) => deliveries[at]!.is === 'gone').map(({ endpoint }) => endpoint),
    );
    const isGone = (subscription: PushSubscription | null): boolean =>
      subscription !== null && gone.has(subscription.endpoint);
    if (gone.size > 0)
      await customers.change(label, customer, (state) => ({
        ...state,
        push: state.push.filter(({ subscription }) => !isGone(subscription)),
      }));
    return {
      sent: deliveries.filter(({ is }) => is === 'sent').length,
      gone: gone.size,
      failed: deliveries.flatMap((delivery, at) =>
        delivery.is === 'failed' ? [{ endpoint_host: hostOf(subscriptions[at]!.endpoint), why: delivery.why }] : [],
      ),
      native: targets.length - subscriptions.length,
    };
  },
});
