/**
 * What a route is: a row of the table. `collector.ts` registers the rows; nothing else does.
 */
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';

export interface Route {
  method: 'GET' | 'POST' | 'OPTIONS';
  url: string;
  /** `page`: a page of whatever site may read the answer, refusals included. `private`: pages of other origins never may. */
  audience: 'page' | 'private' | 'public';
  schema?: FastifySchema & { hide?: boolean; summary?: string; tags?: string[] };
  answer(request: FastifyRequest, reply: FastifyReply): unknown;
}
