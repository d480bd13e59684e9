/**
 * What the operator reads and orders, put together: wiring only.
 */
import { randomBytes } from 'node:crypto';
import type { Customers } from '../customers.ts';
import type { Labels } from '../labels.ts';
import type { Origins } from '../origins.ts';
import type { Changed } from '../page-news.ts';
import { campaignRoutes } from '../routes/campaign-routes.ts';
import { customerRoutes } from '../routes/customer-routes.ts';
import { deliveryRoutes } from '../routes/delivery-routes.ts';
import { readRoutes } from '../routes/read-routes.ts';
import { registryRoutes } from '../routes/registry-routes.ts';
import type { Route } from '../routes/route.ts';
import { segmentRoutes } from '../routes/segment-routes.ts';
import type { EventLog } from '../store/event-log.ts';
import type { UserStore } from '../store/user-store.ts';
import { createErasing } from './erasing.ts';
import { createExport } from './exporting.ts';
import type { FieldRules } from './field-rules.ts';
import { createNaming } from './naming.ts';

export interface OperatingNeeds {
  labels: Labels;
  origins: Origins;
  ownOrigins: ReadonlySet<string>;
  log: EventLog;
  users: UserStore;
  customers: Customers;
  fieldRules: FieldRules;
  /** Resolves when what was committed of a label is in its customers' states. */
  folded: (label: string) => Promise<void>;
  changed: Changed;
  /** Whether events came in just now. */
  isBusy: () => boolean;
  now: () => number;
}

export const operatorRoutes = (needs: OperatingNeeds): Route[] => {
  const { users } = needs;
  const naming = createNaming(users);
  const newId = (): string => randomBytes(16).toString('base64url');
  return [
    ...readRoutes(needs),
    ...registryRoutes(needs),
    ...customerRoutes({ ...needs, erasing: createErasing({ ...needs, newId }), exporting: createExport(needs) }),
    ...campaignRoutes({ ...needs, naming }),
    ...segmentRoutes({ ...needs, naming }),
    ...deliveryRoutes({ ...needs, naming }),
  ];
};
