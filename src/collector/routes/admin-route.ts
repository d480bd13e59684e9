/**
 * The form of every row that an operator asks: the admin key decides the label, and nothing else does.
 */
import type { TSchema } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Label } from '../config/config.ts';
import { answers } from '../schemas/events.ts';
import { type AdminNeeds, labelOfAdmin } from './admin-key.ts';
import type { Route } from './route.ts';

interface Told {
  /** `POST /v1/registry` */
  at: `${Route['method']} /${string}`;
  summary: string;
  /** Of the API's description. */
  tag: 'read' | 'customers' | 'campaigns' | 'segments';
  body?: TSchema;
  ok: TSchema;
  created?: TSchema;
}
type Answer = (label: Label, request: FastifyRequest, reply: FastifyReply) => unknown;

export const adminRoute = (keys: AdminNeeds) => {
  const admin = labelOfAdmin(keys);
  return ({ at, summary, tag, body, ok, created }: Told, answer: Answer): Route => {
    const [method, url] = at.split(' ') as [Route['method'], string];
    return {
      method,
      url,
      audience: 'private',
      schema: {
        summary,
        tags: [tag],
        security: [{ key: [] }],
        ...(body ? { body } : {}),
        response: answers(ok, created ? { 201: created } : {}),
      },
      answer: (request, reply) => answer(admin(request), request, reply),
    };
  };
};
