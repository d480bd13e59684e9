/**
 * A customer with what was known of the visitor that they were until they logged in. Pure. What the customer has already
 * stays; points are not a visitor's to bring.
 */
import { changedTags } from '../../wire/tags.ts';
import { joinedStarts, startsOf } from './campaign.ts';
import { type CustomerState, stateBounds } from './customer-state.ts';
import { withVisitorsHistory } from './history.ts';
import { withLackingProperties } from './properties.ts';

/** What somebody did on a shared machine long ago is nobody's. */
const REACH = 60 * 24 * 3_600_000;

/** When the visitor of a device became this customer, or a customer at all; 0 if they never did. Devices choose their names. */
export const linkedOn = ({ devices }: CustomerState, device: string): number =>
  Object.hasOwn(devices, device) ? devices[device]! : 0;

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

/** Newest first, each once, as many as a state keeps. */
const joined = <One extends { uid: string; at: number }>(own: One[], theirs: One[], most: number): One[] => {
  const known = new Set(own.map(({ uid }) => uid));
  const others = theirs.filter(({ uid }) => !known.has(uid));
  return others.length === 0 ? own : [...own, ...others].sort((one, other) => other.at - one.at).slice(0, most);
};

/** What the visitor was sent is the customer's to read. */
const withMessages = (state: CustomerState, { engagements, inbox }: CustomerState): CustomerState => ({
  ...state,
  engagements: joined(state.engagements, engagements, stateBounds.engagements),
  inbox: joined(state.inbox, inbox, stateBounds.inbox),
});

/** Caps count what began for the visitor, too: the same person is not told the same twice. */
const withStarts = (state: CustomerState, { campaigns }: CustomerState): CustomerState => ({
  ...state,
  campaigns: {
    ...state.campaigns,
    ...Object.fromEntries(
      Object.entries(campaigns).map(([name, theirs]) => [name, joinedStarts(startsOf(state, name), theirs)]),
    ),
  },
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
  const since = Math.max(at - REACH, linkedOn(state, device));
  const parts = [withTags, withPushTargets, withWhatIsLacking, withMessages, withStarts];
  const whole = parts.reduce((known, join) => join(known, visitor), withVisitorsHistory(state, visitor, since));
  return withDevice(whole, device, at);
};
