/**
 * Refusing a channel by the link in a message: without login, and without a word to anybody else. A look changes nothing, since
 * programs look at links too; the button does, and so does the POST of a mail program (RFC 8058).
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Label } from '../config/config.ts';
import type { Customers } from '../customers.ts';
import type { UnsubscribeLinks } from '../effects/unsubscribe-links.ts';
import { type UnsubscribePage, unsubscribePage, unsubscribePolicy } from '../effects/unsubscribe-page.ts';
import type { CustomerState, OutboundChannel } from '../engine/customer-state.ts';
import type { Route } from './route.ts';

export interface UnsubscribeNeeds {
  links: UnsubscribeLinks;
  customers: Customers;
  labelNamed(name: string): Label | undefined;
}

const refusing =
  (channel: OutboundChannel) =>
  (state: CustomerState): CustomerState =>
    state.unsubscribed.includes(channel) ? state : { ...state, unsubscribed: [...state.unsubscribed, channel] };

export const unsubscribeRoutes = ({ links, customers, labelNamed }: UnsubscribeNeeds): Route[] => {
  const show = (reply: FastifyReply, page: UnsubscribePage): FastifyReply =>
    reply
      .code(page.is === 'unknown' ? 404 : 200)
      .header('content-security-policy', unsubscribePolicy)
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8')
      .send(unsubscribePage(page));
  /** What the link of a request stands for; nothing where it, or its label, is not ours. */
  const meant = (request: FastifyRequest) => {
    const claim = links.read((request.params as { token: string }).token);
    const label = claim && labelNamed(claim.label);
    return label && { label, key: claim.customer, channel: claim.channel };
  };

  return [
    {
      method: 'GET',
      url: '/unsubscribe/:token',
      audience: 'private',
      schema: { summary: 'Asks whether no more messages are wanted', tags: ['page'] },
      async answer(request, reply) {
        const link = meant(request);
        if (!link) return show(reply, { is: 'unknown' });
        const { label, key, channel } = link;
        const state = await customers.find(label, { key, user: null });
        const isDone = state?.unsubscribed.includes(channel) ?? false;
        return show(reply, { is: isDone ? 'done' : 'asking', label: label.name, channel });
      },
    },
    {
      method: 'POST',
      url: '/unsubscribe/:token',
      audience: 'private',
      bodies: 'unread',
      schema: { summary: 'No more messages by this channel', tags: ['page'] },
      async answer(request, reply) {
        const link = meant(request);
        if (!link) return show(reply, { is: 'unknown' });
        const { label, key, channel } = link;
        const state = await customers.find(label, { key, user: null });
        // Somebody who was erased stays unknown, and gets nothing anyway.
        if (state) await customers.change(label, { key, user: state.user }, refusing(channel));
        return show(reply, { is: 'done', label: label.name, channel });
      },
    },
  ];
};
