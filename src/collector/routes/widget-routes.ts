/**
 * The widget: the customer's own page about themselves, for a frame, a window or an operator's back office. It is the same
 * file for everybody; who it is about, its script asks with the hash that stands in its address.
 */
import type { FastifyRequest } from 'fastify';
import type { Label } from '../config/config.ts';
import { widgetPolicy } from '../engagement/framing.ts';
import type { Labels } from '../labels.ts';
import { Refusal } from '../refusal.ts';
import type { Route } from './route.ts';

export interface WidgetNeeds {
  labels: Labels;
  ownOrigins: ReadonlySet<string>;
  /** Where the build puts its files. */
  dist: string;
}

const files = ['widget.js', 'widget.css'];

export const widgetRoutes = ({ labels, ownOrigins, dist }: WidgetNeeds): Route[] => {
  const labelIn = (request: FastifyRequest): Label | undefined => {
    const { label_key } = request.query as { label_key?: string | string[] };
    try {
      return labels.byPublicKey(String(label_key));
    } catch (cause) {
      // The page itself says so, in words for people.
      if (cause instanceof Refusal) return undefined;
      throw cause;
    }
  };
  return [
    {
      method: 'GET',
      url: '/widget',
      audience: 'public',
      schema: { summary: 'The customer’s profile and inbox, read-only', tags: ['page'] },
      answer: (request, reply) =>
        reply
          .header('content-security-policy', widgetPolicy(labelIn(request), ownOrigins))
          // The address holds the customer's hash.
          .header('referrer-policy', 'no-referrer')
          .sendFile('widget.html', dist),
    },
    ...files.map(
      (name): Route => ({
        method: 'GET',
        url: `/${name}`,
        audience: 'public',
        schema: { hide: true },
        answer: (_, reply) => reply.sendFile(name, dist),
      }),
    ),
  ];
};
