/**
 * What an operator does to one customer by hand: sends an engagement or a push, sets tags. The admin key decides the label.
 */
import type { TSchema } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { limits } from '../../wire/limits.ts';
import type { Body } from '../body.ts';
import type { Label } from '../config.ts';
import type { Engagements } from '../engagement/engagements.ts';
import { placesOf } from '../engagement/places.ts';
import { type Customer, userCustomer } from '../engine/customer-key.ts';
import type { Markers } from '../markers.ts';
import { readNotice } from '../push/notice.ts';
import type { PushSender } from '../push/push-sender.ts';
import { Refusal } from '../refusal.ts';
import { answers } from '../schemas.ts';
import * as schemas from '../schemas-engagement.ts';
import { type AdminNeeds, labelOfAdmin } from './admin-key.ts';
import type { Route } from './route.ts';

export interface EngagementNeeds extends AdminNeeds {
  engagements: Engagements;
  markers: Markers;
  pushes: PushSender;
  /** The collector's own origins, complete once it listens. */
  ownOrigins: ReadonlySet<string>;
  now: () => number;
}

type Addressed = Customer & { user: string };

const bodyOf = (request: FastifyRequest): unknown => (request.body as Body | null | undefined)?.value;

/** Of a customer who may never have done anything yet. */
const addressed = (request: FastifyRequest, label: Label): Addressed => {
  const { user_ext_id: user } = request.params as { user_ext_id: string };
  if (user.trim() === '' || user.length > limits.userIdLength)
    throw new Refusal('bad_request', `user_ext_id must be a string of 1 to ${limits.userIdLength} characters`);
  return { ...userCustomer(user, label.hashes.form === 'v2'), user };
};

export const engagementRoutes = ({
  engagements,
  markers,
  pushes,
  ownOrigins,
  now,
  ...keys
}: EngagementNeeds): Route[] => {
  const admin = labelOfAdmin(keys);
  const post = (
    url: string,
    summary: string,
    [body, ok]: readonly [TSchema, TSchema],
    answer: Route['answer'],
  ): Route => ({
    method: 'POST',
    url,
    audience: 'private',
    schema: { summary, tags: ['customers'], security: [{ key: [] }], body, response: answers(ok, { 201: ok }) },
    answer,
  });

  return [
    post(
      '/v1/customers/:user_ext_id/engagements',
      'Sends a popup, an inbox message or a deep link; 200 where this id was sent before',
      [schemas.engagementRequest, schemas.engagementSent],
      async (request, reply) => {
        const label = admin(request);
        const { is, ...sent } = await engagements.send(label, addressed(request, label), bodyOf(request));
        return reply.code(is === 'sent' ? 201 : 200).send(sent);
      },
    ),
    post(
      '/v1/engagements/preview',
      'What would become of an engagement: its mistakes, and what is taken out of its HTML',
      [schemas.engagementRequest, schemas.engagementPreview],
      (request) => engagements.preview(admin(request), bodyOf(request)),
    ),
    post(
      '/v1/customers/:user_ext_id/tags',
      'Changes the tags of a customer',
      [schemas.tagChange, schemas.tagged],
      (request) => {
        const label = admin(request);
        return markers.change(label, addressed(request, label), bodyOf(request), request.id);
      },
    ),
    post(
      '/v1/customers/:user_ext_id/push',
      'Sends a notification to the browsers of a customer that asked for them',
      [schemas.notice, schemas.pushReport],
      (request) => {
        const label = admin(request);
        // A notification comes from the label's own site.
        const places = placesOf(label, new Set([...ownOrigins, ...label.origins]));
        return pushes.send(label, addressed(request, label), readNotice(bodyOf(request), places, now()));
      },
    ),
  ];
};
