/**
 * The steps of a campaign or of a mission's reward, walked for one customer until they end or wait.
 */
import { eventKey } from '../whose-id.ts';
import { type CompiledCondition, compileCondition } from './condition.ts';
import { stateBounds } from './customer-state.ts';
import type { Definitions, MessageStep, Step } from './definitions.ts';
import { makeMessage } from './message.ts';
import type { DeliveryStatus, Verdict } from './reaction.ts';
import type { Mentions } from './segment.ts';
import { takeStateStep } from './state-step.ts';
import type { Turn } from './turn.ts';
import type { Fact } from './user-state.ts';

export interface Program {
  steps: readonly Step[];
  /** By the place of their branch. */
  conditions: ReadonlyMap<number, CompiledCondition>;
  /** What its steps are, in their order: a run that waited goes on in the same shape, or not at all. */
  shape: string;
}

const shapeOf = (step: Step): string => {
  if (step.kind === 'branch') return `branch ${step.otherwise}`;
  return step.kind === 'jump' ? `jump ${step.to}` : step.kind;
};

export const programOf = (steps: readonly Step[], segments: Definitions['segments']): Program => ({
  steps,
  conditions: new Map(
    steps.flatMap((step, at): [number, CompiledCondition][] =>
      step.kind === 'branch' ? [[at, compileCondition(step, segments)]] : [],
    ),
  ),
  shape: steps.map(shapeOf).join(','),
});

/** What the rules of its branches are over. */
export const mentionsIn = ({ conditions }: Program): Mentions[] =>
  [...conditions.values()].flatMap(({ mentions }) => mentions ?? []);

/** One campaign on its way for one customer. */
export interface Run {
  uid: string;
  /** Of the campaign, or of the mission whose reward it is. */
  name: string;
  /** Of the event that began it; `null`: nothing but time. */
  eid: string | null;
  fact: Fact | null;
  /** When it began. */
  at: number;
  /** The step that comes next. */
  next: number;
}

type Reported = Pick<Run, 'uid' | 'name' | 'eid' | 'at'>;

/** Its own row of the report. */
const report = (turn: Turn, { uid, name, eid, at }: Reported, status: DeliveryStatus, why: string): void => {
  const row = { uid, campaign: name, eid, at, status_at: turn.world.now };
  turn.deliveries.set(uid, { ...row, channel: 'run', status, why });
};

interface Taken {
  /** Where it goes on; `waiting`: later. */
  next: number | 'waiting' | 'ended';
  /** For the trace. */
  told: string;
}

const branch = (turn: Turn, program: Program, { fact }: Run, at: number, otherwise: number): Taken => {
  const said = program.conditions.get(at)!.ask(turn.state, fact, turn.world.now);
  if (said === null) return { next: at + 1, told: '' };
  return { next: otherwise, told: `${otherwise < program.steps.length ? 'otherwise' : 'ends'}, since ${said}` };
};

const wait = (
  turn: Turn,
  { shape }: Program,
  { uid, name, fact, at: began }: Run,
  next: number,
  due_at: number,
): Taken => {
  const { waiting } = turn.state;
  if (waiting.length >= stateBounds.waiting)
    return { next: 'ended', told: `ends: ${stateBounds.waiting} others wait already` };
  const run = { uid, campaign: name, eid: fact && eventKey(fact), at: began, next, shape, due_at };
  turn.state = { ...turn.state, waiting: [...waiting, run] };
  return { next: 'waiting', told: `waits until ${new Date(due_at).toISOString()}` };
};

const send = (turn: Turn, step: MessageStep, { uid: run, name, fact }: Run, at: number): Taken => {
  const { plan, world, inboxLeft } = turn;
  const { now, places } = world;
  const uid = world.uidOf(run, at);
  const order = { uid, from: name, fact, now, places, rules: plan.definitions.messages, inboxLeft };
  const { state, contents, delivery, told } = makeMessage(turn.state, step, order);
  turn.state = state;
  turn.contents.push(...contents);
  turn.deliveries.set(uid, delivery);
  if (delivery.channel === 'inbox' && delivery.status === 'pending') turn.inboxLeft -= 1;
  return { next: at + 1, told };
};

const take = (turn: Turn, program: Program, run: Run, at: number): Taken => {
  const step = program.steps[at]!;
  const { now } = turn.world;
  switch (step.kind) {
    case 'jump':
      return { next: step.to, told: '' };
    case 'branch':
      return branch(turn, program, run, at, step.otherwise);
    case 'wait':
      return wait(turn, program, run, at + 1, now + step.for);
    case 'tag':
    case 'points':
    case 'badge': {
      const { state, told } = takeStateStep(turn.state, step, turn.plan.definitions.levels, now);
      turn.state = state;
      return { next: at + 1, told };
    }
    default:
      return send(turn, step, run, at);
  }
};

/** @returns what it did, for the trace */
export const walk = (turn: Turn, program: Program, run: Run): string => {
  const told: string[] = [];
  let next: Taken['next'] = run.next;
  while (typeof next === 'number' && next < program.steps.length) {
    const taken = take(turn, program, run, next);
    if (taken.told !== '') told.push(taken.told);
    next = taken.next;
  }
  const why = told.join(', ');
  report(turn, run, next === 'waiting' ? 'waiting' : 'ended', why);
  return why;
};

/** What waited, and does not go on. */
export const drop = (turn: Turn, run: Reported, why: string): Verdict => {
  report(turn, run, 'ended', why);
  return { campaign: run.name, fired: false, why };
};
