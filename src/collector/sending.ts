/**
 * What is sent to customers, put together: wiring only. Engagements, tags and pushes by the admin API, what pages frame of
 * them, and the widget.
 */
import { randomBytes } from 'node:crypto';
import { eventIds } from '../wire/ids.ts';
import type { Channel } from './channel.ts';
import type { Customers } from './customers.ts';
import { createEngagements } from './engagement/engagements.ts';
import type { Quota } from './following/quota.ts';
import type { Labels } from './labels.ts';
import { createMarkers } from './markers.ts';
import type { Origins } from './origins.ts';
import type { PushSender } from './push/push-sender.ts';
import { contentRoutes } from './routes/content-routes.ts';
import { engagementRoutes } from './routes/engagement-routes.ts';
import type { Route } from './routes/route.ts';
import { widgetRoutes } from './routes/widget-routes.ts';
import type { Receipt, Submission } from './store/event-log.ts';
import type { UserStore } from './store/user-store.ts';

export interface SendingNeeds {
  labels: Labels;
  origins: Origins;
  ownOrigins: ReadonlySet<string>;
  users: UserStore;
  customers: Customers;
  channel: Channel;
  submit: (submission: Submission) => Promise<Receipt[]>;
  pushes: PushSender;
  quota: Quota;
  /** Where the build puts its files. */
  dist: string;
  now: () => number;
}

export const sendingRoutes = (needs: SendingNeeds): Route[] => {
  const { labels, origins, ownOrigins, users, customers, channel, submit, pushes, quota, dist, now } = needs;
  const newId = eventIds(now, randomBytes(12).toString('base64url'));
  // Who knows the id can read the words: it must not be guessed from another one.
  const newUid = (): string => randomBytes(16).toString('base64url');
  return [
    ...engagementRoutes({
      labels,
      origins,
      engagements: createEngagements({ users, customers, channel, quota, ownOrigins, newUid, now }),
      markers: createMarkers({ customers, submit, newEid: newId, now }),
      pushes,
      ownOrigins,
      now,
    }),
    ...contentRoutes({ labels, users, ownOrigins }),
    ...widgetRoutes({ labels, ownOrigins, dist }),
  ];
};
