/**
 * What follows for one customer from one occasion: their event, an event of everybody, a moment that came, a visitor who
 * turned out to be them, definitions that changed. Pure: the same arguments give the same reaction, so it may be made again
 * wherever another change was faster.
 */
import { eidOfKey, eventKey } from '../whose-id.ts';
import { withAlarm } from './alarm.ts';
import { type Beginning, refusalOf, withStart } from './campaign.ts';
import type { CustomerState, WaitingRun } from './customer-state.ts';
import { reportedRows } from './engagement-report.ts';
import { withHappened } from './history.ts';
import { withVisitor } from './linked.ts';
import { review, settle } from './memberships.ts';
import { type CompiledMission, type MissionMoved, missionMoved, missionRecounted } from './mission.ts';
import { withOffer } from './offers.ts';
import type { Plan, PlannedCampaign } from './plan.ts';
import { drop, type Run, walk } from './program.ts';
import type { Occasion, Reaction, Trace, Verdict, World } from './reaction.ts';
import { openTurn, type Turn } from './turn.ts';
import { type Fact, foldEvent } from './user-state.ts';

/** A run that begins now. Without an event only its time and its turn tell two of them apart. */
const newRun = ({ world: { customer, now, uidOf }, verdicts }: Turn, name: string, fact: Fact | null): Run => {
  const uid = fact ? uidOf(name, customer, eventKey(fact)) : uidOf(name, customer, null, now, verdicts.length);
  return { uid, name, eid: fact?.eid ?? null, fact, at: now, next: 0 };
};

const begin = (turn: Turn, { campaign, condition }: PlannedCampaign, fact: Fact | null, depth: number): void => {
  const { name } = campaign;
  const beginning: Beginning = { fact, depth, now: turn.world.now };
  const refusal = refusalOf(campaign, condition, turn.state, beginning);
  if (refusal !== null) {
    turn.verdicts.push({ campaign: name, fired: false, why: refusal });
    return;
  }
  turn.state = withStart(turn.state, campaign, beginning);
  const why = walk(turn, turn.plan.programs.get(name)!, newRun(turn, name, fact));
  turn.verdicts.push({ campaign: name, fired: true, why });
  settle(turn, { fact, depth: depth + 1 });
};

/** Campaigns that begin because of what others did, until none is left to ask. */
const followUp = (turn: Turn): void => {
  for (let cause = turn.causes.shift(); cause; cause = turn.causes.shift())
    for (const one of turn.plan.campaigns[cause.trigger].get(cause.segment) ?? [])
      begin(turn, one, cause.fact, cause.depth);
};

const moveMission = (turn: Turn, { name }: CompiledMission, fact: Fact, moved: MissionMoved): void => {
  turn.state = moved.state;
  const isCompleted = moved.is === 'completed';
  const reward = isCompleted ? walk(turn, turn.plan.programs.get(name)!, newRun(turn, name, fact)) : '';
  const why = [isCompleted ? 'completed' : '', moved.why, reward].filter((part) => part !== '').join(': ');
  turn.verdicts.push({ campaign: name, fired: isCompleted, why });
  settle(turn, { fact, depth: 1 });
};

const onEvent = (turn: Turn, fact: Fact): void => {
  const { plan, world } = turn;
  const before = turn.state;
  const fields = plan.history.get(fact.name);
  const folded = withOffer(foldEvent(before, fact), fact, plan.definitions.ads);
  turn.state = fields ? withHappened(folded, fact, fields) : folded;
  for (const row of reportedRows(before, turn.state)) turn.deliveries.set(row.uid, row);
  settle(turn, { fact, depth: 0 }, plan.segments.byEvent.get(fact.name));
  for (const one of plan.missionsByEvent.get(fact.name) ?? [])
    moveMission(turn, one, fact, missionMoved(turn.state, one, fact, world.now));
  for (const one of plan.campaigns.event.get(fact.name) ?? []) begin(turn, one, fact, 0);
  followUp(turn);
};

const onLinked = (turn: Turn, { fact, device, visitor }: Occasion & { is: 'linked' }): void => {
  const { plan, world } = turn;
  turn.state = withVisitor(turn.state, visitor, device, fact.at);
  const joined = Object.keys(visitor.history).flatMap((name) => plan.segments.byEvent.get(name) ?? []);
  settle(turn, { fact, depth: 0 }, joined);
  for (const one of plan.missions) {
    const moved = missionRecounted(turn.state, one, world.now);
    if (moved.is !== 'unmoved') moveMission(turn, one, fact, moved);
  }
  onEvent(turn, fact);
};

const onSystem = (turn: Turn, fact: Fact): void => {
  for (const one of turn.plan.campaigns.system.get(fact.name) ?? []) begin(turn, one, fact, 0);
  followUp(turn);
};

/** A run that waited goes on, or ends where it cannot. */
const goOn = (turn: Turn, { uid, campaign: name, eid: key, at, next, shape }: WaitingRun): void => {
  const known = { uid, name, eid: key === null ? null : eidOfKey(key), at };
  const program = turn.plan.programs.get(name);
  const fact = key === null ? null : turn.world.events.get(key);
  const resume = (): Verdict => {
    if (fact === undefined) return drop(turn, known, 'the event that began it is no longer kept');
    if (program?.shape !== shape) return drop(turn, known, 'was changed or switched off while it waited');
    return { campaign: name, fired: true, why: walk(turn, program, { ...known, fact, next }) };
  };
  turn.verdicts.push(resume());
  settle(turn, { fact: fact ?? null, depth: 1 });
};

/** The longest due first. */
const dueIn = ({ waiting }: CustomerState, now: number): WaitingRun[] =>
  waiting.filter(({ due_at }) => due_at <= now).sort((one, other) => one.due_at - other.due_at);

const onTime = (turn: Turn): void => {
  const { waiting } = turn.state;
  const due = dueIn(turn.state, turn.world.now);
  if (due.length > 0) turn.state = { ...turn.state, waiting: waiting.filter((one) => !due.includes(one)) };
  for (const one of due) goOn(turn, one);
  settle(turn, { fact: null, depth: 0 }, turn.plan.segments.timed);
  followUp(turn);
};

/** Every segment that time may move somebody into or out of was asked just now. */
const knowsEveryUntil = (before: CustomerState, { is }: Occasion, { digest }: Plan): boolean =>
  is === 'time' || is === 'review' || before.reviewed !== digest;

/** The customer's own; their state knows the last one that is in it. */
const ownFact = (occasion: Occasion): Fact | undefined =>
  occasion.is === 'event' || occasion.is === 'linked' ? occasion.fact : undefined;

/** The event that the reaction is to, or the one that everything which waited goes on from. */
const eventOf = (before: CustomerState, occasion: Occasion, { now, events }: World): Pick<Trace, 'eid' | 'cursor'> => {
  if ('fact' in occasion) return occasion.fact;
  const keys = new Set(occasion.is === 'time' ? dueIn(before, now).map(({ eid }) => eid) : []);
  const [key = null] = keys.size === 1 ? keys : [];
  return key === null ? { eid: null, cursor: null } : { eid: eidOfKey(key), cursor: events.get(key)?.cursor ?? null };
};

const closeTurn = (turn: Turn, before: CustomerState, occasion: Occasion): Reaction => {
  const { plan, world, verdicts, untils, contents, deliveries } = turn;
  const earlier = knowsEveryUntil(before, occasion, plan) ? [] : [before.wakes_at];
  const state = withAlarm(turn.state, [...earlier, ...untils.values()], world.now);
  const own = ownFact(occasion);
  const isFolded = own !== undefined && (state !== before || verdicts.length > 0);
  const { eid, cursor } = eventOf(before, occasion, world);
  return {
    state: isFolded ? { ...state, folded: own.cursor } : state,
    contents,
    deliveries: [...deliveries.values()],
    trace: verdicts.length > 0 ? { eid, cursor, at: world.now, verdicts } : undefined,
  };
};

export const react = (plan: Plan, before: CustomerState, occasion: Occasion, world: World): Reaction => {
  const own = ownFact(occasion);
  if (own && own.cursor <= before.folded) return { state: before, contents: [], deliveries: [], trace: undefined };
  const turn = openTurn(plan, before, world);
  if (before.reviewed !== plan.digest || occasion.is === 'review') review(turn);
  switch (occasion.is) {
    case 'event':
      onEvent(turn, occasion.fact);
      break;
    case 'linked':
      onLinked(turn, occasion);
      break;
    case 'system':
      onSystem(turn, occasion.fact);
      break;
    case 'time':
      onTime(turn);
      break;
    case 'review':
      break;
  }
  return closeTurn(turn, before, occasion);
};
