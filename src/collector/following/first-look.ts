/**
 * Somebody who is being registered, by the definitions in force; what they did before is yet to be looked at.
 */
import type { Label } from '../config/config.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import type { Plan } from '../engine/plan.ts';
import { react } from '../engine/react.ts';
import type { CustomerKey } from '../store/user-store.ts';
import type { LabelNeeds } from './label.ts';

export const firstLookBy = (
  plan: Plan,
  label: Label,
  customer: CustomerKey,
  state: CustomerState,
  { placesOf, uidOf, now }: Pick<LabelNeeds, 'placesOf' | 'uidOf' | 'now'>,
): CustomerState => {
  const world = { now: now(), customer, uidOf, places: placesOf(label), events: new Map(), inboxLeft: 0 };
  return { ...react(plan, state, { is: 'review' }, world).state, reviewed: '' };
};
