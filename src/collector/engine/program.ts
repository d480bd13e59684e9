/**
 * The steps of a campaign or of a mission's reward, walked for one customer until they end or wait.
 */
import { type CompiledCondition, compileCondition } from './condition.ts';
import { type CustomerState, stateBounds, type WaitingRun } from './customer-state.ts';
import type { Definitions, Step } from './definitions.ts';
import { makeMessage } from './message.ts';
import type { DeliveryStatus } from './reaction.ts';
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
  /** What began it; `null`: nothing but time. */
  fact: Fact | null;
  at: number;
  /** The step that comes next. */
  next: number;
}

/** @returns the row of the campaign itself */
const report = (turn: Turn, { uid, name, fact, at }: Run, status: DeliveryStatus, why: string): void => {
  const row = { uid, campaign: name, eid: fact?.eid ?? null, at, status_at: turn.world.now };
  turn.deliveries.set(uid, { ...row, channel: 'run', status, why });
};

/** A run that ended before its steps did. */
export const endRun = (turn: Turn, { uid, campaign, eid, at }: WaitingRun, why: string): void => {
  const row = { uid, campaign, eid, at, status_at: turn.world.now };
  turn.deliveries.set(uid, { ...row, channel: 'run', status: 'ended', why });
  turn.verdicts.push({ campaign, fired: false, why });
};

const waitingFor = (state: CustomerState, waiting: WaitingRun): CustomerState | undefined =>
  state.waiting.length < stateBounds.waiting ? { ...state, waiting: [...state.waiting, waiting] } : undefined;

/** @returns what it did, for the trace */
export const walk = (turn: Turn, program: Program, run: Run): string => {
  const { plan, world } = turn;
  const { uid, name, fact } = run;
  const { levels, messages } = plan.definitions;
  const told: string[] = [];
  const end = (status: DeliveryStatus): string => {
    const why = told.join(', ');
    report(turn, run, status, why);
    return why;
  };

  let at = run.next;
  while (at < program.steps.length) {
    const step = program.steps[at]!;
    switch (step.kind) {
      case 'jump':
        at = step.to;
        continue;
      case 'branch': {
        const said = program.conditions.get(at)!.ask(turn.state, fact, world.now);
        if (said !== null) told.push(`${step.otherwise < program.steps.length ? 'otherwise' : 'ends'} since ${said}`);
        at = said === null ? at + 1 : step.otherwise;
        continue;
      }
      case 'wait': {
        const due_at = world.now + step.for;
        const eid = fact?.eid ?? null;
        const waiting = { uid, campaign: name, eid, at: run.at, next: at + 1, shape: program.shape, due_at };
        const state = waitingFor(turn.state, waiting);
        if (!state) {
          told.push(`ends: ${stateBounds.waiting} others wait already`);
          return end('ended');
        }
        turn.state = state;
        told.push(`waits until ${new Date(due_at).toISOString()}`);
        return end('waiting');
      }
      case 'tag':
      case 'points':
      case 'badge': {
        const taken = takeStateStep(turn.state, step, levels, world.now);
        turn.state = taken.state;
        told.push(taken.told);
        break;
      }
      default: {
        const order = {
          uid: world.uidOf(uid, at),
          from: name,
          fact,
          now: world.now,
          places: world.places,
          rules: messages,
          inboxLeft: turn.inboxLeft,
        };
        const made = makeMessage(turn.state, step, order);
        turn.state = made.state;
        turn.contents.push(...made.contents);
        turn.deliveries.set(order.uid, made.delivery);
        if (made.delivery.channel === 'inbox' && made.delivery.status === 'pending') turn.inboxLeft -= 1;
        told.push(made.told);
      }
    }
    at += 1;
  }
  return end('ended');
};
