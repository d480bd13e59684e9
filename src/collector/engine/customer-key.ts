/**
 * Which customer a message is about: the key that the store knows them by. Pure.
 */
import type { CustomerKey } from '../store/user-store.ts';

export interface Customer {
  key: CustomerKey;
  /** As it was first written; null for a visitor. */
  user: string | null;
}

/**
 * The published hash cannot tell BOB from bob, so on a label that accepts it they are one customer; other alphabets' letters
 * are never folded, since the hash of one would prove several.
 */
export const userCustomer = (user: string, exactIds: boolean): Customer => ({
  key: `u:${exactIds ? user : user.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}`,
  user,
});

export const visitorCustomer = (device: string): Customer => ({ key: `d:${device}`, user: null });
