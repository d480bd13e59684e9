/**
 * One customer as the operator sees them: what is known, what was sent, what they did.
 */
import type { Customers } from '../customers.ts';
import { userCustomer } from '../engine/customer-key.ts';
import { publicProps } from '../engine/public-props.ts';
import { segmentsOf } from '../engine/segment.ts';
import { Refusal } from '../refusal.ts';
import * as schemas from '../schemas.ts';
import type { EventLog } from '../store/event-log.ts';
import { type AdminNeeds, labelOfAdmin } from './admin-key.ts';
import { readQuery } from './query.ts';
import { shownEvent } from './read-routes.ts';
import type { Route } from './route.ts';

export interface CustomerNeeds extends AdminNeeds {
  log: Pick<EventLog, 'events' | 'profile'>;
  customers: Customers;
  now: () => number;
}

export const customerRoutes = ({ log, customers, now, ...keys }: CustomerNeeds): Route[] => {
  const admin = labelOfAdmin(keys);
  return [
    {
      method: 'GET',
      url: '/v1/customers/:user_ext_id',
      audience: 'private',
      schema: {
        summary: 'One customer, newest events first',
        tags: ['read'],
        security: [{ key: [] }],
        response: schemas.answers(schemas.customer),
      },
      async answer(request) {
        const label = admin(request);
        const { user_ext_id } = request.params as { user_ext_id: string };
        const query = readQuery(request.query, ['after', 'limit']);
        const after = query.whole('after', 0, Number.MAX_SAFE_INTEGER);
        const customer = userCustomer(user_ext_id, label.hashes.form === 'v2');
        const profile = await log.profile(label.name, { user: user_ext_id });
        const state = await customers.find(label, customer);
        if (!profile && !state) throw new Refusal('not_found', 'nothing of this customer is stored');
        const known = state ?? (await customers.read(label, customer));
        const { events, next } = await log.events(label.name, {
          user: user_ext_id,
          order: 'desc',
          limit: query.whole('limit', 1, 1000) ?? 100,
          ...(after === undefined ? {} : { after }),
        });
        return {
          user_ext_id,
          profile: profile ?? null,
          tags: known.tags,
          segments: segmentsOf(label.segments, known),
          properties: known.properties,
          props: publicProps(known, now()),
          engagements: known.engagements,
          inbox: known.inbox,
          push: known.push.map(({ platform, subscription, at }) => ({ platform, native: subscription === null, at })),
          timeline: events.map((event) => shownEvent(label, event)),
          next,
        };
      },
    },
  ];
};
