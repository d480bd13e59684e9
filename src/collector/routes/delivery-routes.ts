/**
 * What was made for customers and why: deliveries with their words, and what every campaign said to an event.
 */
import { channels } from '../engine/customer-state.ts';
import { wordsOf } from '../operator/message-words.ts';
import type { Naming } from '../operator/naming.ts';
import { Refusal } from '../refusal.ts';
import * as schemas from '../schemas/campaign.ts';
import type { UserStore } from '../store/user-store.ts';
import type { AdminNeeds } from './admin-key.ts';
import { adminRoute } from './admin-route.ts';
import { readQuery } from './query.ts';
import type { Route } from './route.ts';
import { whomIn, whomNames } from './whom.ts';

export interface DeliveryNeeds extends AdminNeeds {
  users: Pick<UserStore, 'deliveries' | 'delivery' | 'traces' | 'content'>;
  naming: Naming;
}

const shownChannels = ['run', 'popup', 'inbox', 'deep_link', ...channels] as const;

export const deliveryRoutes = ({ users, naming, ...keys }: DeliveryNeeds): Route[] => {
  const admin = adminRoute(keys);
  return [
    admin(
      { at: 'GET /v1/deliveries', summary: 'What was made for customers', tag: 'campaigns', ok: schemas.deliveries },
      async (label, request) => {
        const query = readQuery(request.query, ['campaign', ...whomNames, 'channel', 'after', 'limit']);
        const campaign = query.text('campaign');
        const customer = whomIn(query, label)?.key;
        const channel = query.oneOf('channel', shownChannels);
        const after = query.text('after');
        const { deliveries, next } = await users.deliveries(label.name, {
          limit: query.whole('limit', 1, 1000) ?? 100,
          ...(campaign === undefined ? {} : { campaign }),
          ...(customer === undefined ? {} : { customer }),
          ...(channel === undefined ? {} : { channel }),
          ...(after === undefined ? {} : { after }),
        });
        return { deliveries: await naming(label, deliveries), next };
      },
    ),
    admin(
      { at: 'GET /v1/deliveries/:uid', summary: 'One of them, with its words', tag: 'campaigns', ok: schemas.delivery },
      async (label, request) => {
        readQuery(request.query, []);
        const { uid } = request.params as { uid: string };
        const delivery = await users.delivery(label.name, uid);
        if (!delivery) throw new Refusal('not_found', 'there is no delivery of this id');
        const [named] = await naming(label, [delivery]);
        return { ...named, words: await wordsOf(users, label.name, uid) };
      },
    ),
    admin(
      {
        at: 'GET /v1/traces',
        summary: 'What every campaign said to an event, or to a customer, newest first',
        tag: 'campaigns',
        ok: schemas.traces,
      },
      async (label, request) => {
        const query = readQuery(request.query, ['eid', ...whomNames, 'limit']);
        const eid = query.text('eid');
        const customer = whomIn(query, label)?.key;
        const of = eid !== undefined ? { eid } : customer !== undefined ? { customer } : undefined;
        if (!of || (eid !== undefined && customer !== undefined))
          throw new Refusal('bad_query', 'traces are those of one "eid", or of one "user_ext_id" or "device_id"');
        const limit = query.whole('limit', 1, 1000) ?? 100;
        const traces = await users.traces(label.name, of, limit + 1);
        return { traces: await naming(label, traces.slice(0, limit)), more: traces.length > limit };
      },
    ),
  ];
};
