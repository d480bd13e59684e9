/**
 * A label's definitions, compiled once and indexed by what they mention: for one event nothing is looked at that it cannot
 * concern. Pure; made anew when the definitions change.
 */
import { createHash } from 'node:crypto';
import { type CompiledCondition, compileCondition } from './condition.ts';
import type { CustomerState } from './customer-state.ts';
import type { Campaign, Definitions, Trigger } from './definitions.ts';
import { fieldsIn } from './filter.ts';
import { keptFields } from './history.ts';
import { type CompiledMission, compileMission } from './mission.ts';
import { offerEvents } from './offers.ts';
import { mentionsIn, type Program, programOf } from './program.ts';
import type { PlanView } from './reaction.ts';
import type { Aspect, CompiledRule, Mentions } from './segment.ts';
import { compiledSegments } from './segment-answers.ts';

export interface PlannedCampaign {
  campaign: Campaign;
  condition: CompiledCondition;
}

/** By the event or the segment that triggers them, in the order of the config. */
type Triggered = ReadonlyMap<string, readonly PlannedCampaign[]>;

export interface Plan extends PlanView {
  definitions: Definitions;
  campaigns: { event: Triggered; system: Triggered; entered: Triggered; left: Triggered };
  missions: readonly CompiledMission[];
  missionsByEvent: ReadonlyMap<string, readonly CompiledMission[]>;
  /** Of campaigns that are switched on, and of the rewards of missions, by the name that reports know them by. */
  programs: ReadonlyMap<string, Program>;
  segments: {
    rules: ReadonlyMap<string, CompiledRule>;
    byEvent: ReadonlyMap<string, readonly string[]>;
    byAspect: ReadonlyMap<Aspect, readonly string[]>;
    /** Those that time alone may move a customer into or out of. */
    timed: readonly string[];
  };
  /** Of the events that are kept, by name, the fields that some definition asks about. */
  history: ReadonlyMap<string, readonly string[]>;
}

const grouped = <Name, Value>(pairs: Iterable<readonly [Name, Value]>): Map<Name, Value[]> => {
  const groups = new Map<Name, Value[]>();
  for (const [name, value] of pairs) {
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  }
  return groups;
};

const triggeredBy = (
  campaigns: readonly PlannedCampaign[],
  nameIn: (trigger: Trigger) => string | undefined,
): Triggered =>
  grouped(
    campaigns.flatMap((one) => {
      const name = nameIn(one.campaign.trigger);
      return name === undefined ? [] : [[name, one] as const];
    }),
  );

const programsOf = (
  { campaigns, segments }: Definitions,
  missions: readonly CompiledMission[],
): ReadonlyMap<string, Program> => {
  const running = campaigns.filter(({ enabled }) => enabled).map(({ name, steps }) => ({ name, steps }));
  const rewards = missions.map(({ name, mission }) => ({ name, steps: mission.reward }));
  return new Map([...running, ...rewards].map(({ name, steps }) => [name, programOf(steps, segments)]));
};

const indexOf = (rules: ReadonlyMap<string, CompiledRule>): Plan['segments'] => {
  const by = <Name>(namesIn: (mentions: Mentions) => Iterable<Name>): Map<Name, string[]> =>
    grouped(
      [...rules].flatMap(([segment, { mentions }]) => [...namesIn(mentions)].map((name) => [name, segment] as const)),
    );
  return {
    rules,
    byEvent: by(({ events }) => events.keys()),
    byAspect: by(({ aspects }) => aspects),
    timed: [...rules].flatMap(([segment, { mentions }]) => (mentions.events.size > 0 ? [segment] : [])),
  };
};

const historyFields = (mentions: readonly Mentions[], missions: readonly CompiledMission[]): Plan['history'] => {
  const inRules = mentions.flatMap(({ events }) => [...events].map(([name, fields]) => [name, [...fields]] as const));
  const inTasks = missions.flatMap(({ mission }) =>
    mission.tasks.map(({ event, where }) => [event, where ? fieldsIn(where) : []] as const),
  );
  const named = [...grouped([...inRules, ...inTasks])];
  return new Map(named.map(([name, fields]) => [name, [...new Set(fields.flat())].sort()]));
};

/** Names whose history a state has not, or with other fields. */
const missingIn = (state: CustomerState, history: Plan['history']): ReturnType<Plan['missing']> =>
  [...history].flatMap(([name, fields]) => {
    const known = Object.hasOwn(state.history, name) ? state.history[name] : undefined;
    return known?.kept === keptFields(fields) ? [] : [{ name, fields }];
  });

export const planOf = (definitions: Definitions): Plan => {
  const { segments, levels, ads } = definitions;
  const rules = compiledSegments(segments);
  const planned = definitions.campaigns.map((campaign) => ({
    campaign,
    condition: compileCondition(campaign, segments),
  }));
  const missions = definitions.missions.map(compileMission);
  const programs = programsOf(definitions, missions);
  const mentions = [
    ...[...rules.values()].map((rule) => rule.mentions),
    ...planned.flatMap(({ condition }) => condition.mentions ?? []),
    ...[...programs.values()].flatMap(mentionsIn),
  ];
  const history = historyFields(mentions, missions);
  const campaigns = {
    event: triggeredBy(planned, (on) => ('event' in on ? on.event : undefined)),
    system: triggeredBy(planned, (on) => ('system' in on ? on.system : undefined)),
    entered: triggeredBy(planned, (on) => ('entered' in on ? on.entered : undefined)),
    left: triggeredBy(planned, (on) => ('left' in on ? on.left : undefined)),
  };
  const asked = JSON.stringify([segments, levels, [...history]]);
  const digest = createHash('sha256').update(asked).digest('base64url');

  return {
    definitions,
    digest,
    campaigns,
    missions,
    missionsByEvent: grouped(
      missions.flatMap((one) =>
        [...new Set(one.tasks.map(({ task }) => task.event))].map((name) => [name, one] as const),
      ),
    ),
    programs,
    segments: indexOf(rules),
    history,
    mentions: (name) => campaigns.event.has(name) || history.has(name) || (ads.length > 0 && offerEvents.has(name)),
    concernsAll: (name) => campaigns.system.has(name),
    // What was reviewed by these definitions has what they ask about, or it never happened.
    missing: (state) => (state.reviewed === digest ? [] : missingIn(state, history)),
  };
};
