/**
 * A customer with what was known of the visitor that they were until they logged in. Pure. What the customer has already
 * stays; points are not a visitor's to bring.
 */
import { changedTags } from '../../wire/tags.ts';
import { type CustomerState, stateBounds } from './customer-state.ts';
import { withVisitorsHistory } from './history.ts';
import { withLackingProperties } from './properties.ts';

/** What somebody did on a shared machine long ago is nobody's. */
const REACH = 60 * 24 * 3_600_000;

const withTags = (state: CustomerState, { tags }: CustomerState): CustomerState =>
  tags.every((tag) => state.tags.includes(tag)) ? state : { ...state, tags: changedTags(state.tags, 'add', tags) };

const withPushTargets = (state: CustomerState, { push }: CustomerState): CustomerState => {
  const theirs = push.filter(({ id }) => !state.push.some((own) => own.id === id));
  return theirs.length === 0 ? state : { ...state, push: [...state.push, ...theirs].slice(-stateBounds.push) };
};

const withWhatIsLacking = (state: CustomerState, visitor: CustomerState): CustomerState => ({
  ...withLackingProperties(state, visitor),
  language: state.language ?? visitor.language,
  entry_point: state.entry_point ?? visitor.entry_point,
});

const withDevice = (state: CustomerState, device: string, at: number): CustomerState => {
  const others = Object.entries(state.devices).filter(([name]) => name !== device);
  const newest = [...others, [device, at] as const]
    .sort(([, one], [, other]) => one - other)
    .slice(-stateBounds.devices);
  return { ...state, devices: Object.fromEntries(newest) };
};

/** @param at when the visitor became this customer */
export const withVisitor = (
  state: CustomerState,
  visitor: CustomerState,
  device: string,
  at: number,
): CustomerState => {
  // What was brought at an earlier login is counted already.
  const since = Math.max(at - REACH, state.devices[device] ?? 0);
  const joined = withVisitorsHistory(state, visitor, since);
  return withDevice(withWhatIsLacking(withPushTargets(withTags(joined, visitor), visitor), visitor), device, at);
};
