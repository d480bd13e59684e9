/**
 * How rows name the customers that they are about: by the id as it was first written, or a visitor's device.
 */
import type { Label } from '../config/config.ts';
import type { Customer } from '../engine/customer-key.ts';
import type { CustomerKey, UserStore } from '../store/user-store.ts';

export interface Named {
  /** `null`: a visitor. */
  user_ext_id: string | null;
  device_id: string | null;
}

/** Of a customer who was erased the key alone is known. */
export const named = ({ key, user }: Customer): Named =>
  key.startsWith('d:')
    ? { user_ext_id: null, device_id: key.slice(2) }
    : { user_ext_id: user ?? key.slice(2), device_id: null };

export type Naming = <Row extends { customer: CustomerKey }>(
  label: Label,
  rows: readonly Row[],
) => Promise<(Omit<Row, 'customer'> & Named)[]>;

export const createNaming =
  (users: Pick<UserStore, 'writtenIds'>): Naming =>
  async (label, rows) => {
    const ids = await users.writtenIds(label.name, [...new Set(rows.map(({ customer }) => customer))]);
    return rows.map(({ customer, ...row }) => ({
      ...row,
      ...named({ key: customer, user: ids.get(customer) ?? null }),
    }));
  };
