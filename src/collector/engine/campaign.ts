/**
 * Whether a campaign begins for a customer, and the first condition that says no. Pure. Remembers beginnings: one event begins
 * a campaign once, and a cap counts them.
 */
import { eventKey } from '../whose-id.ts';
import type { CompiledCondition } from './condition.ts';
import type { CampaignStarts, CustomerState } from './customer-state.ts';
import type { Campaign, Definitions } from './definitions.ts';
import { durationText } from './duration-text.ts';
import { isAtLeast } from './trust.ts';
import type { Fact } from './user-state.ts';

/** Of eids that are remembered: more events than that do not come again out of order. */
const MOST_EIDS = 20;
/** As many beginnings as a cap can ask for. */
const MOST_STARTS = 100;
/** That a campaign began is remembered so long after it left the config: one that comes back must not begin anew. */
const REMEMBERED = 90 * 24 * 3_600_000;
/** How deep campaigns may begin because of what others did. */
const DEEPEST = 5;

const noStarts: CampaignStarts = { at: [], eids: [] };

export const startsOf = ({ campaigns }: CustomerState, name: string): CampaignStarts =>
  Object.hasOwn(campaigns, name) ? campaigns[name]! : noStarts;

/** Beginnings of two who turned out to be one. */
export const joinedStarts = (own: CampaignStarts, theirs: CampaignStarts): CampaignStarts => ({
  at: [...new Set([...own.at, ...theirs.at])].sort((one, other) => one - other).slice(-MOST_STARTS),
  eids: [...new Set([...theirs.eids, ...own.eids])].slice(-MOST_EIDS),
});

const capReached = ({ cap }: Campaign, { at }: CampaignStarts, now: number): string | null => {
  if (!cap) return null;
  const { times, within } = cap;
  if (at.filter((one) => within === null || one > now - within).length < times) return null;
  const when = within === null ? '' : ` in the last ${durationText(within)}`;
  return `has begun ${times === 1 ? 'once' : `${times} times`}${when}, which is the cap`;
};

export interface Beginning {
  /** `null`: nothing but time, which is nobody's word. */
  fact: Fact | null;
  /** How many campaigns led to this one. */
  depth: number;
  now: number;
}

/** The first condition that says no; `null`: it begins. */
export const refusalOf = (
  campaign: Campaign,
  condition: CompiledCondition,
  state: CustomerState,
  { fact, depth, now }: Beginning,
): string | null => {
  if (!campaign.enabled) return 'is switched off';
  if (fact && !isAtLeast(fact.trust, campaign.trust))
    return `the event is ${fact.trust}, and must be ${campaign.trust}`;
  const starts = startsOf(state, campaign.name);
  if (fact && starts.eids.includes(eventKey(fact)))
    return depth === 0
      ? 'this event has begun it already'
      : 'stopped: it would trigger itself, this event has begun it already';
  return (
    condition.ask(state, fact, now) ??
    capReached(campaign, starts, now) ??
    (depth > DEEPEST ? `stopped: it would trigger itself, ${DEEPEST} deep` : null)
  );
};

export const withStart = (state: CustomerState, { name, cap }: Campaign, { fact, now }: Beginning): CustomerState => {
  const { at, eids } = startsOf(state, name);
  const starts = {
    at: [...at, now].slice(-(cap?.times ?? 1)),
    eids: fact ? [...eids, eventKey(fact)].slice(-MOST_EIDS) : eids,
  };
  return { ...state, campaigns: { ...state.campaigns, [name]: starts } };
};

/** Without what campaigns that are gone began, once it is long ago. */
export const withoutOldStarts = (
  state: CustomerState,
  { campaigns }: Pick<Definitions, 'campaigns'>,
  now: number,
): CustomerState => {
  const isKept = ([name, { at }]: [string, CampaignStarts]): boolean =>
    at.some((one) => one >= now - REMEMBERED) || campaigns.some((one) => one.name === name);
  const all = Object.entries(state.campaigns);
  return all.every(isKept) ? state : { ...state, campaigns: Object.fromEntries(all.filter(isKept)) };
};
