/**
 * What a route is: a row of the table. `collector.ts` registers the rows; nothing else does.
 */
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { Body } from '../body.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    bodies?: Route['bodies'];
  }
}

export interface Route {
  method: 'GET' | 'POST' | 'DELETE' | 'OPTIONS';
  url: string;
  /** `page`: a page of whatever site may read the answer, refusals included. `private`: pages of other origins never may. */
  audience: 'page' | 'private' | 'public';
  /**
   * `json`: bodies of another content type are refused; everywhere else a body is JSON whatever it is called. `unread`: the
   * address says it all, and a body is thrown away.
   */
  bodies?: 'json' | 'unread';
  schema?: FastifySchema & { hide?: boolean; summary?: string; tags?: string[] };
  answer(request: FastifyRequest, reply: FastifyReply): unknown;
}

/** What was sent, whatever it is; `undefined` for a body that is empty. */
export const bodyOf = (request: FastifyRequest): unknown => (request.body as Body | null | undefined)?.value;
