/**
 * Customers in memory, for tests: keeps every promise of the port but to outlive the process. Values are kept as text, so
 * that nobody holds a reference into the store; whatever can be found by looking at all of them is.
 */
import { type CustomerState, nothingYet } from '../engine/customer-state.ts';
import type { Cursor } from './event-log.ts';
import {
  type CustomerKey,
  type DeliveryQuery,
  type FunnelCount,
  type KeptDelivery,
  type KeptTrace,
  type Progress,
  type StateChange,
  TRACES_KEPT,
  type UserStore,
} from './user-store.ts';

interface LabelUsers {
  customers: Map<CustomerKey, { version: number; json: string; at: number }>;
  contents: Map<string, { content: string; at: number }>;
  /** In the order in which they were first kept. */
  deliveries: Map<string, KeptDelivery>;
  /** Oldest first. */
  traces: KeptTrace[];
  fanouts: Map<Cursor, CustomerKey | null>;
  folded: Cursor;
}

const emptyLabel = (): LabelUsers => ({
  customers: new Map(),
  contents: new Map(),
  deliveries: new Map(),
  traces: [],
  fanouts: new Map(),
  folded: 0,
});

const stateOf = ({ json }: { json: string }): CustomerState => ({
  ...nothingYet(),
  ...(JSON.parse(json) as CustomerState),
});

/** In the order of their bytes, as any store has keys. */
const byKey = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

const pageOf = <T extends { customer: CustomerKey }>(all: T[], after: CustomerKey | undefined, limit: number) => {
  const rest = all
    .filter(({ customer }) => after === undefined || byKey(customer, after) > 0)
    .sort((one, other) => byKey(one.customer, other.customer));
  const shown = rest.slice(0, limit);
  return { shown, next: rest.length > limit ? shown.at(-1)!.customer : null };
};

const matches = (row: KeptDelivery, { campaign, customer, channel }: Omit<DeliveryQuery, 'limit'>): boolean =>
  (campaign === undefined || row.campaign === campaign) &&
  (customer === undefined || row.customer === customer) &&
  (channel === undefined || row.channel === channel);

const keep = (of: LabelUsers, change: StateChange, now: number): boolean => {
  const { customer, version, state, contents = [], deliveries = [], traces = [] } = change;
  if ((of.customers.get(customer)?.version ?? 0) !== version) return false;
  of.customers.set(customer, { version: version + 1, json: JSON.stringify(state), at: now });
  for (const { id, content } of contents) if (!of.contents.has(id)) of.contents.set(id, { content, at: now });
  for (const delivery of deliveries)
    of.deliveries.set(JSON.stringify([delivery.uid, customer]), { ...delivery, customer });
  for (const trace of traces) of.traces.push({ ...structuredClone(trace), customer });
  return true;
};

const keepProgress = (of: LabelUsers, { folded, fanouts = [], fannedOut = [] }: Progress): void => {
  if (folded !== undefined) of.folded = folded;
  for (const { cursor, after } of fanouts) of.fanouts.set(cursor, after);
  for (const cursor of fannedOut) of.fanouts.delete(cursor);
};

/** Deletes those that `isOne` says, at most `limit`; says how many. */
const remove = <K, V>(from: Map<K, V>, isOne: (value: V, key: K) => boolean, limit = Number.POSITIVE_INFINITY) => {
  const some = [...from].filter(([key, value]) => isOne(value, key)).slice(0, Math.max(0, limit));
  for (const [key] of some) from.delete(key);
  return some.length;
};

export const createMemoryUsers = (now: () => number = Date.now): UserStore => {
  const labels = new Map<string, LabelUsers>();
  const settings = new Map<string, string>();
  const moved = new Set<(label: string, folded: Cursor) => void>();
  let state: 'open' | 'closed' = 'open';

  const labelOf = (name: string): LabelUsers => {
    if (state === 'closed') throw new Error('the store of customers is closed');
    const known = labels.get(name) ?? emptyLabel();
    labels.set(name, known);
    return known;
  };
  const statesOf = (label: string) =>
    [...labelOf(label).customers].map(([customer, kept]) => ({
      customer,
      version: kept.version,
      state: stateOf(kept),
    }));
  const deliveriesOf = (label: string): KeptDelivery[] =>
    [...labelOf(label).deliveries.values()].reverse().sort((one, other) => other.at - one.at);

  return {
    async get(label, customer) {
      const kept = labelOf(label).customers.get(customer);
      return kept && { version: kept.version, state: stateOf(kept) };
    },
    async writtenIds(label, customers) {
      const ids = new Map<CustomerKey, string>();
      for (const customer of customers) {
        const kept = labelOf(label).customers.get(customer);
        const id = kept ? stateOf(kept).user : null;
        if (id !== null && id !== customer.slice(2)) ids.set(customer, id);
      }
      return ids;
    },
    async update(label, changes, progress = {}) {
      const of = labelOf(label);
      const stored = changes.map((change) => keep(of, change, now()));
      if (stored.every(Boolean)) {
        keepProgress(of, progress);
        if (progress.folded !== undefined) for (const told of moved) told(label, progress.folded);
      }
      of.traces.splice(0, of.traces.length - TRACES_KEPT);
      return stored;
    },
    folded: async (label) => labelOf(label).folded,
    listen(told) {
      moved.add(told);
      return () => void moved.delete(told);
    },
    async list(label, after, limit) {
      const { shown, next } = pageOf(statesOf(label), after, limit);
      return { customers: shown, next };
    },
    async due(label, until, limit) {
      const waking = statesOf(label).flatMap(({ customer, state: { wakes_at } }) =>
        wakes_at !== null && wakes_at <= until ? [{ customer, wakes_at }] : [],
      );
      waking.sort((one, other) => one.wakes_at - other.wakes_at);
      return waking.slice(0, limit).map(({ customer }) => customer);
    },
    async members(label, segment, after, limit) {
      const all = statesOf(label).flatMap(({ customer, state: { segments } }) => {
        const since = segments[segment];
        return since === undefined ? [] : [{ customer, since }];
      });
      const { shown, next } = pageOf(all, after, limit);
      return { members: shown, next };
    },
    async memberCounts(label) {
      const counts: { [segment: string]: number } = {};
      for (const { state } of statesOf(label))
        for (const segment of Object.keys(state.segments)) counts[segment] = (counts[segment] ?? 0) + 1;
      return counts;
    },
    async deliveries(label, { after, limit, ...query }) {
      const from = after === undefined ? 0 : Number(after);
      const found = deliveriesOf(label).filter((row) => matches(row, query));
      const next = from + limit;
      return { deliveries: found.slice(from, next), next: found.length > next ? String(next) : null };
    },
    delivery: async (label, uid) => deliveriesOf(label).find((row) => row.uid === uid),
    async funnel(label, { since = 0, ...query }) {
      const counts = new Map<string, FunnelCount>();
      for (const row of deliveriesOf(label).filter((row) => row.at >= since && matches(row, query))) {
        const { campaign, channel, status } = row;
        const key = [campaign, channel, status].join('\n');
        counts.set(key, { campaign, channel, status, count: (counts.get(key)?.count ?? 0) + 1 });
      }
      return [...counts].sort(([one], [other]) => byKey(one, other)).map(([, count]) => count);
    },
    async traces(label, of, limit) {
      const found = labelOf(label).traces.filter((one) =>
        'eid' in of ? one.eid === of.eid : one.customer === of.customer,
      );
      return structuredClone(found.slice(-limit).reverse());
    },
    fanouts: async (label) =>
      [...labelOf(label).fanouts].sort(([a], [b]) => a - b).map(([cursor, after]) => ({ cursor, after })),
    async erase(label, customer) {
      const of = labelOf(label);
      const kept = of.customers.get(customer);
      const state = kept && stateOf(kept);
      const own = [...of.deliveries.values()].filter((row) => row.customer === customer);
      const uids = new Set(
        [...own, ...(state ? [...state.engagements, ...state.inbox, ...state.outbox] : [])].map(({ uid }) => uid),
      );
      const deliveries = remove(of.deliveries, (row) => row.customer === customer);
      for (const { uid } of of.deliveries.values()) uids.delete(uid);
      const traces = of.traces.filter((one) => one.customer === customer).length;
      of.traces = of.traces.filter((one) => one.customer !== customer);
      return {
        states: of.customers.delete(customer) ? 1 : 0,
        contents: remove(of.contents, (_, id) => uids.has(id)),
        deliveries,
        traces,
      };
    },
    async purge(label, before, limit) {
      const of = labelOf(label);
      const isOld = ({ at }: { at: number }): boolean => at < before;
      let gone = remove(of.contents, isOld, limit);
      const old = of.traces.filter(isOld).slice(0, limit - gone);
      of.traces = of.traces.filter((one) => !old.includes(one));
      gone += old.length;
      gone += remove(of.deliveries, isOld, limit - gone);
      return gone + remove(of.customers, (kept, key) => key.startsWith('d:') && isOld(kept), limit - gone);
    },
    async keepContent(label, id, content) {
      const { contents } = labelOf(label);
      if (!contents.has(id)) contents.set(id, { content, at: now() });
    },
    content: async (label, id) => labelOf(label).contents.get(id)?.content,
    async keepSetting(name, value) {
      labelOf('');
      const kept = settings.get(name) ?? value;
      settings.set(name, kept);
      return kept;
    },
    async setting(name) {
      labelOf('');
      return settings.get(name);
    },
    check: async () => {},
    async close() {
      state = 'closed';
    },
  };
};
