/**
 * How far a customer comes in a mission by one more event, and whether it is completed by it. Pure.
 */
import type { CustomerState, MissionProgress } from './customer-state.ts';
import type { Mission, Task } from './definitions.ts';
import { compileFilter, type Said } from './filter.ts';
import { isAtLeast } from './trust.ts';
import type { Fact } from './user-state.ts';

export interface CompiledMission {
  mission: Mission;
  /** In reports, where campaigns stand beside it. */
  name: string;
  /** In the order of the definition. */
  tasks: { task: Task; ask: (fact: Pick<Fact, 'payload'>) => Said }[];
}

export const compileMission = (mission: Mission): CompiledMission => ({
  mission,
  name: `mission: ${mission.name}`,
  tasks: mission.tasks.map((task) => {
    const filter = task.where ? compileFilter(task.where) : undefined;
    return { task, ask: ({ payload }) => filter?.(payload, payload) ?? null };
  }),
});

export interface MissionMoved {
  state: CustomerState;
  is: 'completed' | 'further' | 'unmoved';
  /** For the trace: how far it is, or the first condition that said no. */
  why: string;
}

/** As many places as tasks are defined now. */
const progressIn = ({ missions }: CustomerState, { name, tasks }: Mission): MissionProgress => {
  const known = Object.hasOwn(missions, name) ? missions[name] : undefined;
  return { done: tasks.map((_, at) => known?.done[at] ?? 0), completed_at: known?.completed_at ?? null };
};

const isDone = ({ tasks }: Mission, done: readonly number[]): boolean =>
  tasks.every(({ count }, at) => done[at]! >= count);

/** With what is done now; a mission that repeats begins again when it is completed. */
const withDone = (
  state: CustomerState,
  mission: Mission,
  done: number[],
  now: number,
): Pick<MissionMoved, 'state' | 'is'> => {
  const isCompleted = isDone(mission, done);
  const { completed_at } = progressIn(state, mission);
  const after = {
    done: isCompleted && mission.repeats ? mission.tasks.map(() => 0) : done,
    completed_at: isCompleted ? now : completed_at,
  };
  const moved = { ...state, missions: { ...state.missions, [mission.name]: after } };
  return { state: moved, is: isCompleted ? 'completed' : 'further' };
};

const toldDone = ({ tasks }: Mission, done: readonly number[]): string =>
  tasks.map(({ event, count }, at) => `${event} ${done[at]} of ${count}`).join(', ');

export const isOpen = (state: CustomerState, mission: Mission): boolean =>
  mission.repeats || progressIn(state, mission).completed_at === null;

export const missionMoved = (
  state: CustomerState,
  { mission, tasks }: CompiledMission,
  fact: Fact,
  now: number,
): MissionMoved => {
  const unmoved = (why: string): MissionMoved => ({ state, is: 'unmoved', why });
  if (!isOpen(state, mission)) return unmoved('is completed already');
  if (!isAtLeast(fact.trust, mission.trust)) return unmoved(`the event is ${fact.trust}, and must be ${mission.trust}`);
  const { done } = progressIn(state, mission);
  let refusal: Said = null;
  const after = tasks.map(({ task, ask }, at) => {
    if (task.event !== fact.name || done[at]! >= task.count) return done[at]!;
    const said = ask(fact);
    refusal ??= said;
    return said === null ? done[at]! + 1 : done[at]!;
  });
  if (after.every((count, at) => count === done[at]))
    return unmoved(refusal ?? `its task is done: ${toldDone(mission, done)}`);
  return { ...withDone(state, mission, after, now), why: toldDone(mission, after) };
};

/** Counted anew from what the state keeps of its events: some may have come that were another's until now. */
export const missionRecounted = (
  state: CustomerState,
  { mission, tasks }: CompiledMission,
  now: number,
): MissionMoved => {
  const { done, completed_at } = progressIn(state, mission);
  const counted = tasks.map(({ task, ask }) => {
    const { recent } = Object.hasOwn(state.history, task.event) ? state.history[task.event]! : { recent: [] };
    const counting = recent.filter(
      ({ at, trust, fields }) =>
        (completed_at === null || at > completed_at) &&
        isAtLeast(trust, mission.trust) &&
        ask({ payload: fields }) === null,
    );
    return Math.min(counting.length, task.count);
  });
  const after = done.map((known, at) => Math.max(known, counted[at]!));
  const isUnmoved = !isOpen(state, mission) || after.every((count, at) => count === done[at]);
  if (isUnmoved) return { state, is: 'unmoved', why: toldDone(mission, done) };
  return { ...withDone(state, mission, after, now), why: toldDone(mission, after) };
};
