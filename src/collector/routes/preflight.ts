/**
 * The question that a browser asks before a page may send JSON. It names no label, so it cannot be judged: the request that
 * follows is.
 */
import type { Route } from './route.ts';

export const preflight = (url: string): Route => ({
  method: 'OPTIONS',
  url,
  audience: 'page',
  schema: { hide: true },
  answer: (request, reply) => {
    const wanted = request.headers['access-control-request-headers'];
    return reply
      .code(204)
      .header('access-control-allow-methods', 'POST')
      .header('access-control-allow-headers', wanted ?? 'content-type, content-encoding')
      .header('access-control-max-age', '86400')
      .send();
  },
});
