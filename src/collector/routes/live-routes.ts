/**
 * The live view's stream. Read with `fetch`, since `EventSource` cannot send the admin key.
 */

import type { Settings } from '../config/settings.ts';
import type { Labels } from '../labels.ts';
import type { LiveFeed } from '../live-feed.ts';
import type { Metrics } from '../metrics.ts';
import type { Origins } from '../origins.ts';
import { Refusal } from '../refusal.ts';
import { serverSentEvents } from '../server-sent-events.ts';
import { readQuery } from './query.ts';
import type { Route } from './route.ts';

export interface LiveNeeds {
  labels: Labels;
  origins: Origins;
  feed: LiveFeed;
  metrics: Metrics;
  settings: Settings;
}

const resumeCursor = (header: string | string[] | undefined): number | undefined => {
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,16}$/.test(header)) return Number(header);
  throw new Refusal('bad_request', 'Last-Event-ID must be the id of an event of this stream');
};

export const liveRoutes = ({ labels, origins, feed, metrics, settings }: LiveNeeds): Route[] => [
  {
    method: 'GET',
    url: '/v1/live',
    audience: 'private',
    schema: { summary: 'Events as they are stored, as text/event-stream', tags: ['read'], security: [{ key: [] }] },
    answer(request, reply) {
      const label = labels.byAdminKey(request.headers.authorization);
      origins.checkPrivateKey(request.headers.origin);
      readQuery(request.query, []);
      const resumeAfter = resumeCursor(request.headers['last-event-id']);
      reply.hijack();
      const stream = serverSentEvents(reply.raw, { 'x-request-id': request.id });
      const end = feed.listen(label.name, stream, resumeAfter);
      const keys = label.keys.admin.join();
      // Whoever still has a key comes back with it.
      const stopChecking = settings.changed(() => {
        if (settings.label(label.name)?.keys.admin.join() !== keys) stream.end();
      });
      metrics.listeners(1);
      reply.raw.once('close', () => {
        stopChecking();
        end();
        metrics.listeners(-1);
      });
    },
  },
];
