/**
 * One customer, or visitor, as the operator sees them: everything that is known, as a page and as a document; and taken away
 * for good.
 */
import { Readable } from 'node:stream';
import type { Customers } from '../customers.ts';
import { customerView } from '../operator/customer-view.ts';
import type { Erasing } from '../operator/erasing.ts';
import type { createExport } from '../operator/exporting.ts';
import { linkedTimes, timelineOf, type Whose } from '../operator/timeline.ts';
import { Refusal } from '../refusal.ts';
import * as schemas from '../schemas/customer.ts';
import type { EventLog } from '../store/event-log.ts';
import type { AdminNeeds } from './admin-key.ts';
import { adminRoute } from './admin-route.ts';
import { readQuery } from './query.ts';
import { shownEvent } from './read-routes.ts';
import type { Route } from './route.ts';
import { type AddressedAs, asCustomer, asVisitor } from './whom.ts';

export interface CustomerNeeds extends AdminNeeds {
  log: Pick<EventLog, 'events' | 'profile'>;
  customers: Customers;
  erasing: Erasing;
  exporting: ReturnType<typeof createExport>;
  now: () => number;
}

const named = (whose: Whose) =>
  'user' in whose ? { user_ext_id: whose.user, device_id: null } : { user_ext_id: null, device_id: whose.visitor };
const nothing = (noun: string): Refusal => new Refusal('not_found', `nothing of this ${noun} is stored`);

export const customerRoutes = ({ log, customers, erasing, exporting, now, ...keys }: CustomerNeeds): Route[] => {
  const admin = adminRoute(keys);
  const rowsOf = ({ url, noun, whom }: AddressedAs): Route[] => [
    admin(
      { at: `GET ${url}`, summary: `One ${noun}, newest events first`, tag: 'customers', ok: schemas.customer },
      async (label, request) => {
        const query = readQuery(request.query, ['after', 'limit']);
        const after = query.whole('after', 0, Number.MAX_SAFE_INTEGER);
        const limit = query.whole('limit', 1, 1000) ?? 100;
        const { whose, ...customer } = whom(request, label);
        const profile = await log.profile(label.name, whose);
        const state = await customers.find(label, customer);
        if (!profile && !state) throw nothing(noun);
        const known = state ?? (await customers.read(label, customer));
        const isLinked = known.user !== null && Object.keys(known.devices).length > 0;
        const linked = isLinked ? await linkedTimes(log, label.name, [whose]) : [];
        const { events, next } = await timelineOf(log, label.name, [whose], linked, { after, limit });
        return {
          ...named(whose),
          profile: profile ?? null,
          ...customerView(label, known, now()),
          timeline: events.map((event) => shownEvent(label, event)),
          next,
        };
      },
    ),
    admin(
      {
        at: `GET ${url}/export`,
        summary: `Everything that is kept of a ${noun}, as one document`,
        tag: 'customers',
        ok: schemas.customerExport,
      },
      async (label, request, reply) => {
        readQuery(request.query, []);
        const { whose, ...customer } = whom(request, label);
        const document = await exporting(label, customer, whose);
        if (!document) throw nothing(noun);
        return reply
          .type('application/json; charset=utf-8')
          .header('content-disposition', `attachment; filename="${noun}.json"`)
          .send(Readable.from(document));
      },
    ),
    admin(
      {
        at: `DELETE ${url}`,
        summary: `Takes everything of a ${noun} away, and answers a receipt that names nobody`,
        tag: 'customers',
        ok: schemas.receipt,
      },
      async (label, request) => {
        const { whose, ...customer } = whom(request, label);
        const receipt = await erasing.erase(label, customer, whose);
        if (!receipt) throw nothing(noun);
        return receipt;
      },
    ),
  ];

  return [
    ...rowsOf(asCustomer),
    ...rowsOf(asVisitor),
    admin(
      { at: 'GET /v1/receipts/:id', summary: 'What an erasure took away', tag: 'customers', ok: schemas.receipt },
      async (label, request) => {
        const receipt = await erasing.receipt(label, (request.params as { id: string }).id);
        if (!receipt) throw new Refusal('not_found', 'there is no receipt of this id');
        return receipt;
      },
    ),
  ];
};
