/**
 * Every refusal as an answer of one form, `{ code, message, request_id }`, counted and logged by its code.
 * Says nothing of a body, a key or a query string, in the answer or in the log.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { maskAddress } from './mask-address.ts';
import type { Metrics } from './metrics.ts';
import { Refusal, retryAfter } from './refusal.ts';
import type { Route } from './routes/route.ts';
import type { Outcome, Submission } from './store/event-log.ts';
import { LogOverloaded } from './store/group-commit.ts';

/** Lines a second about refusals: a flood of them must not become a flood of log. */
const MOST_LINES_A_SECOND = 50;

/** A log that cannot store now is a reason to come back later, never a lost event. */
export const overloadedAs =
  (submit: (submission: Submission) => Promise<Outcome[]>, logger: Logger, random: () => number) =>
  async (submission: Submission): Promise<Outcome[]> => {
    try {
      return await submit(submission);
    } catch (cause) {
      if (cause instanceof LogOverloaded) throw new Refusal('overloaded', cause.message, retryAfter(1, random));
      logger.error({ err: cause, request_id: submission.request_id }, 'a group could not be stored');
      throw new Refusal('overloaded', 'the events could not be stored; send them again', retryAfter(5, random));
    }
  };

/** What fastify itself refuses: a bad URL, a bad header. */
const asRefusal = (error: FastifyError): Refusal | undefined => {
  if (error instanceof Refusal) return error;
  const status = error.statusCode ?? 500;
  if (status === 415) return new Refusal('unsupported_encoding', 'the Content-Type header cannot be read');
  if (status === 413) return new Refusal('body_too_large', 'the body is too large');
  return status < 500 ? new Refusal('bad_request', 'the request cannot be read') : undefined;
};

export const answerRefusals = (app: FastifyInstance, routes: Route[], metrics: Metrics, logger: Logger): void => {
  let second = 0;
  let lines = 0;
  const mayLog = (): boolean => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) {
      if (lines > MOST_LINES_A_SECOND)
        logger.warn({ lines: lines - MOST_LINES_A_SECOND }, 'more requests were refused than are logged');
      second = now;
      lines = 0;
    }
    return ++lines <= MOST_LINES_A_SECOND;
  };

  const answer = (refusal: Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { code, message, status } = refusal;
    metrics.refused(code);
    if (mayLog())
      logger.info(
        { request_id: request.id, code, route: request.routeOptions.url ?? null, address: maskAddress(request.ip) },
        'refused',
      );
    // fastify would close the connection of a body that was refused half way, and the client, still sending, would see
    // a reset instead of the reason.
    reply.removeHeader('connection');
    return reply
      .code(status)
      .headers(refusal.headers)
      .type('application/json; charset=utf-8')
      .send({ code, message, request_id: request.id });
  };

  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = asRefusal(error);
    if (refusal) return answer(refusal, request, reply);
    logger.error({ err: error, request_id: request.id }, 'a request failed');
    return answer(
      new Refusal('internal', 'the collector failed; the log has the reason under this request_id'),
      request,
      reply,
    );
  });

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const methods = routes.filter(({ url }) => url === path).map(({ method }) => method);
    if (methods.length === 0)
      return answer(new Refusal('not_found', 'there is nothing at this address'), request, reply);
    const allow = methods.join(', ');
    return answer(new Refusal('method_not_allowed', `this address takes ${allow}`, { allow }), request, reply);
  });
};
