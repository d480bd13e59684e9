/**
 * The HTTP server: how a request is taken and an answer leaves, whatever is asked. Owns the library's settings, ids of
 * requests and what every answer carries; knows no route.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import fastifySwagger from '@fastify/swagger';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { otherMediaType, readBody } from './body.ts';
import type { BodyClock } from './body-clock.ts';
import { createConnections } from './connections.ts';
import { type Asking, createImpatience } from './impatience.ts';
import type { Metrics } from './metrics.ts';
import { maskAddress } from './network-address.ts';
import { publisherRequestId } from './publisher/publisher-error.ts';
import { Refusal } from './refusal.ts';
import { refusalAnswers } from './refusal-answers.ts';
import type { Route } from './routes/route.ts';
import { createUnanswered } from './unanswered.ts';

export interface ServerNeeds {
  logger: Logger;
  metrics: Pick<Metrics, 'refused'>;
  version: string;
  /** Addresses and ranges whose `X-Forwarded-For` counts. */
  trustedProxies: string[];
  bodies: BodyClock;
  isDraining: () => boolean;
}

export interface Server {
  app: FastifyInstance;
  newRequestId(): string;
  /** Once, with all of them. */
  serveRoutes(routes: Route[]): void;
}

const HEADERS_TIMEOUT = 9_000;
/** Nothing read and nothing written for so long: whoever does not take their answer holds it, and the connection, no longer. */
const SILENCE_TIMEOUT = 300_000;
/** Bytes of a request's head, which Node bounds. */
const LONGEST_ADDRESS = 16_384;

const askingOf = ({ ip, routeOptions, headers }: FastifyRequest): Asking => ({
  address: ip,
  door: routeOptions.url ?? '',
  authorization: headers.authorization,
  origin: headers.origin,
});

export const createServer = async (needs: ServerNeeds): Promise<Server> => {
  const { logger, metrics, version, trustedProxies, bodies, isDraining } = needs;
  const start = randomBytes(4).toString('hex');
  let requests = 0;
  const newRequestId = (): string => `${start}-${(++requests).toString(36)}`;
  const refusals = refusalAnswers(metrics, logger, newRequestId);
  const app = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // A child a request costs more than anything else in this file; refusals name their request themselves.
    childLoggerFactory: (parent) => parent,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => publisherRequestId(request) ?? newRequestId(),
    requestIdHeader: false,
    trustProxy: trustedProxies.length > 0 ? trustedProxies : false,
    connectionTimeout: SILENCE_TIMEOUT,
    forceCloseConnections: true,
    return503OnClosing: false,
    // As long as an address can be: what is too long for a user id is told by whoever reads it.
    routerOptions: { maxParamLength: LONGEST_ADDRESS },
    frameworkErrors: refusals.onError,
    clientErrorHandler: refusals.onUnread,
    http: { headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: 500, requestTimeout: 0 },
  });
  const connections = createConnections({
    trustedProxies,
    full: (address) =>
      logger.warn(
        { address: maskAddress(address) },
        'an address holds as many connections as it may, and gets no more; a proxy belongs into "trustedProxies"',
      ),
  });
  app.server.on('connection', connections.take);
  const unanswered = createUnanswered();
  const impatience = createImpatience(() => performance.now());
  // The schemas are documentation: what comes is checked by `wire/parse`, what goes out is ours.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, _, done) => {
    const wait = impatience.unread(askingOf(request));
    if (wait === 0 && request.routeOptions.config.bodies !== 'unread') return readBody(request.raw, bodies, done);
    bodies.discard(request.raw);
    if (wait === 0) return done(null);
    const why = 'this address was told to wait a hundred times, and is not read for a while';
    done(new Refusal('rate_limited', why, { 'retry-after': String(wait) }));
  });
  await app.register(fastifySwagger, {
    openapi: {
      info: { title: 'openaction collector', version },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    },
  });

  const serveRoutes = (routes: Route[]): void => {
    app.addHook('onRequest', (request, reply, next) => {
      if (!unanswered.asked(request.raw.socket)) return void reply.hijack();
      // A body is bytes whatever its type is called; fastify would refuse a name that it cannot read.
      delete request.raw.headers['content-type'];
      reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
      reply.header('referrer-policy', 'strict-origin-when-cross-origin');
      if (isDraining()) reply.header('connection', 'close');
      next();
    });
    app.addHook('onResponse', (request, _, next) => {
      unanswered.answered(request.raw.socket);
      next();
    });
    for (const { method, url, audience, bodies, schema, answer } of routes)
      app.route({
        method,
        url,
        // Health checks and caches ask so; a stream has no end to tell the length of.
        exposeHeadRoute: audience === 'public',
        config: bodies ? { bodies } : {},
        ...(schema ? { schema } : {}),
        onRequest(request, reply, next) {
          if (audience === 'private') reply.header('cache-control', 'no-store');
          const { origin } = request.headers;
          if (audience === 'page' && origin !== undefined)
            // Refusals name the Origin too, so that the SDK can tell its page why. There are no cookies to protect.
            reply
              .header('access-control-allow-origin', origin)
              // The date shows a page how wrong its device's clock is.
              .header('access-control-expose-headers', 'retry-after, x-request-id, date')
              .header('vary', 'origin');
          next(bodies === 'json' ? otherMediaType(request.raw) : undefined);
        },
        handler: answer,
      });
    app.setErrorHandler(async (error: FastifyError, request, reply) => {
      if (error instanceof Refusal && error.code === 'rate_limited') {
        const late = impatience.refused(askingOf(request));
        // What waits is an answer, and holds nothing of what was asked.
        request.body = undefined;
        if (late > 0) await pause(late);
      }
      return refusals.onError(error, request, reply);
    });
    app.setNotFoundHandler((request, reply) => refusals.onNotFound(request, reply, routes));
  };
  return { app, newRequestId, serveRoutes };
};
