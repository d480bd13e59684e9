/**
 * Customers in memory, for tests: keeps every promise of the port but to outlive the process. Values are kept as text, so
 * that nobody holds a reference into the store.
 */
import type { CustomerState } from '../engine/customer-state.ts';
import type { Cursor } from './event-log.ts';
import type { CustomerKey, UserStore } from './user-store.ts';

interface LabelUsers {
  customers: Map<CustomerKey, { version: number; json: string }>;
  contents: Map<string, string>;
  folded: Cursor;
}

export const createMemoryUsers = (): UserStore => {
  const labels = new Map<string, LabelUsers>();
  const settings = new Map<string, string>();
  let state: 'open' | 'closed' = 'open';

  const labelOf = (name: string): LabelUsers => {
    if (state === 'closed') throw new Error('the store of customers is closed');
    const known = labels.get(name) ?? { customers: new Map(), contents: new Map(), folded: 0 };
    labels.set(name, known);
    return known;
  };

  return {
    async get(label, customer) {
      const kept = labelOf(label).customers.get(customer);
      return kept && { version: kept.version, state: JSON.parse(kept.json) as CustomerState };
    },
    async update(label, changes, { folded } = {}) {
      const of = labelOf(label);
      const stored = changes.map(({ customer, version, state }) => {
        if ((of.customers.get(customer)?.version ?? 0) !== version) return false;
        of.customers.set(customer, { version: version + 1, json: JSON.stringify(state) });
        return true;
      });
      if (folded !== undefined && stored.every(Boolean)) of.folded = folded;
      return stored;
    },
    folded: async (label) => labelOf(label).folded,
    async list(label, after, limit) {
      const all = [...labelOf(label).customers].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const start = after === undefined ? 0 : all.findIndex(([customer]) => customer === after) + 1;
      const customers = all
        .slice(start, start + limit)
        .map(([customer, { json }]) => ({ customer, state: JSON.parse(json) as CustomerState }));
      return { customers, next: start + limit < all.length ? customers.at(-1)!.customer : null };
    },
    async keepContent(label, id, content) {
      const { contents } = labelOf(label);
      if (!contents.has(id)) contents.set(id, content);
    },
    content: async (label, id) => labelOf(label).contents.get(id),
    async keepSetting(name, value) {
      labelOf('');
      const kept = settings.get(name) ?? value;
      settings.set(name, kept);
      return kept;
    },
    async close() {
      state = 'closed';
    },
  };
};
