/**
 * Every refusal as an answer of one form, `{ code, message, request_id }` (the publisher API has its own), counted and logged
 * by its code.
 * Says nothing of a body, a key or a query string, in the answer or in the log.
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';
import { maskAddress } from './network-address.ts';
import { isPublisherAddress, publisherError } from './publisher/publisher-error.ts';
import { Refusal, retryAfter } from './refusal.ts';
import type { Route } from './routes/route.ts';
import type { Receipt, Submission } from './store/event-log.ts';
import { LogOverloaded } from './store/group-commit.ts';
import { storeFaultOf, storeFaultText } from './store/store-fault.ts';

/** Lines a second about refusals: a flood of them must not become a flood of log. */
const MOST_LINES_A_SECOND = 50;

/** A log that cannot store now is a reason to come back later, never a lost event. */
export const overloadedAs =
  (submit: (submission: Submission) => Promise<Receipt[]>, logger: Logger, random: () => number) =>
  async (submission: Submission): Promise<Receipt[]> => {
    try {
      return await submit(submission);
    } catch (cause) {
      if (cause instanceof LogOverloaded) throw new Refusal('overloaded', cause.message, retryAfter(1, random));
      // What is wrong with the files is told once, by the watch over them.
      if (!storeFaultOf(cause))
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

/** What a socket says of a request that never became one, since its headers were too slow, too many or no HTTP. */
const asUnread = ({ code }: { code?: string }): Refusal => {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Refusal('body_timeout', 'the headers took too long');
  return new Refusal('bad_request', 'this is not a request that can be read');
};

export interface RefusalAnswers {
  onError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply;
  onNotFound(request: FastifyRequest, reply: FastifyReply, routes: Route[]): FastifyReply;
  onUnread(error: { code?: string }, socket: Socket): void;
}

export const refusalAnswers = (
  metrics: Pick<Metrics, 'refused'>,
  logger: Logger,
  newRequestId: () => string,
): RefusalAnswers => {
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
  const note = (code: string, request_id: string, address: string, route: string | null): void => {
    metrics.refused(code);
    if (mayLog()) logger.info({ request_id, code, route, address: maskAddress(address) }, 'refused');
  };

  const answer = (refusal: Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { code, message, status } = refusal;
    note(code, request.id, request.ip, request.routeOptions.url ?? null);
    // fastify would close the connection of a body that was refused half way, and the client, still sending, would see
    // a reset instead of the reason.
    reply.removeHeader('connection');
    return reply
      .code(status)
      .headers(refusal.headers)
      .type('application/json; charset=utf-8')
      .send(
        isPublisherAddress(request.url)
          ? publisherError(refusal, request.id)
          : { code, message, request_id: request.id, ...refusal.details },
      );
  };

  return {
    onError(error, request, reply) {
      const refusal = asRefusal(error);
      if (refusal) return answer(refusal, request, reply);
      const fault = storeFaultOf(error);
      if (fault) {
        logger.error({ fault, request_id: request.id }, `a request failed: ${storeFaultText(error)}`);
        const why = 'this could not be stored; ask again';
        return answer(new Refusal('overloaded', why, retryAfter(5, Math.random)), request, reply);
      }
      logger.error({ err: error, request_id: request.id }, 'a request failed');
      const why = 'the collector failed; the log has the reason under this request_id';
      return answer(new Refusal('internal', why), request, reply);
    },
    onNotFound(request, reply, routes) {
      const path = request.url.split('?')[0] ?? '';
      const methods = routes.filter(({ url }) => url === path).map(({ method }) => method);
      if (methods.length === 0)
        return answer(new Refusal('not_found', 'there is nothing at this address'), request, reply);
      const allow = methods.join(', ');
      return answer(new Refusal('method_not_allowed', `this address takes ${allow}`, { allow }), request, reply);
    },
    onUnread(error, socket) {
      // The client is gone, or an answer is already under way: there is nobody to tell.
      if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
        socket.destroy();
        return;
      }
      const { code, message, status } = asUnread(error);
      const request_id = newRequestId();
      note(code, request_id, socket.remoteAddress ?? '', null);
      const body = JSON.stringify({ code, message, request_id });
      socket.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    },
  };
};
