/**
 * Files that browsers load: the SDK for any site, the live view under a closed policy, the demo's site.
 * Serves nothing that is not named here; a config that lies beside the demo's pages stays where it is.
 */
import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Route } from './routes/route.ts';

export interface PagesNeeds {
  /** Where the build puts its files. */
  dist: string;
  /** The demo's site; absent in an installed package. */
  site: string | undefined;
}

const sdkFiles = [
  'smartico.js',
  'smartico_live.js',
  'smartico_api.js',
  'smartico_frames.js',
  'smartico_publisher.js',
  'smartico_doctor.js',
  'smartico_inframe.js',
  'smartico_ui.js',
  'smartico-sw.js',
  'stub.js',
];
const liveFiles = ['live.js', 'live.css'];
const HASHED = /^[\w-]+\.[0-9a-f]{12}\.js$/;

const LIVE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The SDK is for every site: also for one that isolates itself, and with an integrity attribute. */
const forEverySite = (reply: FastifyReply): FastifyReply =>
  reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin');

export const pageRoutes = ({ dist }: PagesNeeds): Route[] => {
  const file = (url: string, answer: Route['answer']): Route => ({
    method: 'GET',
    url,
    audience: 'public',
    schema: { hide: true },
    answer,
  });
  return [
    ...sdkFiles.map((name) => file(`/${name}`, (_, reply) => forEverySite(reply).sendFile(name, dist))),
    file('/immutable/:file', (request, reply) => {
      const { file: name } = request.params as { file: string };
      if (!HASHED.test(name) || !existsSync(`${dist}/immutable/${name}`)) return reply.callNotFound();
      return forEverySite(reply).sendFile(name, `${dist}/immutable`, { maxAge: '365d', immutable: true });
    }),
    file('/live', (_, reply) => reply.header('content-security-policy', LIVE_POLICY).sendFile('live.html', dist)),
    ...liveFiles.map((name) => file(`/${name}`, (_, reply) => reply.sendFile(name, dist))),
  ];
};

export const servePages = async (app: FastifyInstance, { dist, site }: PagesNeeds): Promise<void> => {
  const shown = site !== undefined && existsSync(site);
  await app.register(fastifyStatic, {
    root: shown ? site : dist,
    serve: shown,
    // Five minutes: a new release is everywhere soon, and a page does not ask at every step.
    maxAge: '5m',
    allowedPath: (path) => !path.endsWith('.json') && !path.split('/').some((part) => part.startsWith('.')),
  });
};
