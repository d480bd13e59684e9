/**
 * A label's definitions, compiled once and indexed by what they mention: for one event nothing is looked at that it cannot
 * concern. Pure; made anew when the definitions change.
 */
import { createHash } from 'node:crypto';
import { type CompiledCondition, compileCondition } from './condition.ts';
import type { CustomerState } from './customer-state.ts';
import type { Campaign, Definitions } from './definitions.ts';
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

const triggeredBy = (campaigns: readonly PlannedCampaign[], kind: 'event' | 'system' | 'entered' | 'left'): Triggered =>
  grouped(
    campaigns.flatMap((one) => {
      const name = (one.campaign.trigger as { [kind: string]: string })[kind];
      return name === undefined ? [] : [[name, one] as const];
    }),
  );

const historyFields = (mentions: readonly Mentions[], missions: readonly CompiledMission[]): Plan['history'] => {
  const inRules = mentions.flatMap(({ events }) => [...events].map(([name, fields]) => [name, [...fields]] as const));
  const inTasks = missions.flatMap(({ mission }) =>
    mission.tasks.map(({ event, where }) => [event, where ? fieldsIn(where) : []] as const),
  );
  const fields = [...grouped([...inRules, ...inTasks])].map(
    ([name, lists]) => [name, [...new Set(lists.flat())].sort()] as const,
  );
  return new Map(fields);
};

export const planOf = (definitions: Definitions): Plan => {
  const { segments, levels, ads } = definitions;
  const rules = compiledSegments(segments);
  const campaigns = definitions.campaigns.map((campaign) => ({
    campaign,
    condition: compileCondition(campaign, segments),
  }));
  const missions = definitions.missions.map(compileMission);
  const programs = new Map<string, Program>([
    ...definitions.campaigns
      .filter(({ enabled }) => enabled)
      .map(({ name, steps }) => [name, programOf(steps, segments)] as const),
    ...missions.map(({ name, mission }) => [name, programOf(mission.reward, segments)] as const),
  ]);
  const mentions = [
    ...[...rules.values()].map((rule) => rule.mentions),
    ...campaigns.flatMap(({ condition }) => condition.mentions ?? []),
    ...[...programs.values()].flatMap(mentionsIn),
  ];
  const history = historyFields(mentions, missions);
  const byTask = missions.flatMap((mission) =>
    [...new Set(mission.tasks.map(({ task }) => task.event))].map((event) => [event, mission] as const),
  );
  const byMention = <Name>(namesIn: (mentions: Mentions) => Iterable<Name>): Map<Name, string[]> =>
    grouped(
      [...rules].flatMap(([segment, rule]) => [...namesIn(rule.mentions)].map((name) => [name, segment] as const)),
    );
  const triggered = {
    event: triggeredBy(campaigns, 'event'),
    system: triggeredBy(campaigns, 'system'),
    entered: triggeredBy(campaigns, 'entered'),
    left: triggeredBy(campaigns, 'left'),
  };
  const digest = createHash('sha256')
    .update(JSON.stringify([segments, levels, [...history]]))
    .digest('base64url');

  return {
    definitions,
    digest,
    campaigns: triggered,
    missions,
    missionsByEvent: grouped(byTask),
    programs,
    segments: {
      rules,
      byEvent: byMention(({ events }) => events.keys()),
      byAspect: byMention(({ aspects }) => aspects),
      timed: [...rules].flatMap(([name, rule]) => (rule.mentions.events.size > 0 ? [name] : [])),
    },
    history,
    mentions: (name) => triggered.event.has(name) || history.has(name) || (ads.length > 0 && offerEvents.has(name)),
    concernsAll: (name) => triggered.system.has(name),
    missing(state: CustomerState) {
      // What was reviewed by these definitions has what they ask about, or it never happened.
      if (state.reviewed === digest) return [];
      return [...history].flatMap(([name, fields]) => {
        const { kept } = Object.hasOwn(state.history, name) ? state.history[name]! : { kept: undefined };
        return kept === keptFields(fields) ? [] : [{ name, fields }];
      });
    },
  };
};
