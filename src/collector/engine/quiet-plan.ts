/**
 * A plan by which customers become what their events make of them, and nobody is told anything: no campaign begins, and of a
 * mission's reward they get what changes themselves. Its digest is the same: segments and history are.
 */
import type { StateStep, Step } from './definitions.ts';
import type { Plan } from './plan.ts';
import { programOf } from './program.ts';

const isStateStep = (step: Step): step is StateStep =>
  step.kind === 'tag' || step.kind === 'points' || step.kind === 'badge';

/** Nothing of one that branches or waits: which way it went then, nobody knows. */
const quietReward = (steps: readonly Step[]): Step[] =>
  steps.some(({ kind }) => kind === 'branch' || kind === 'wait') ? [] : steps.filter(isStateStep);

export const quietPlan = (plan: Plan): Plan => ({
  ...plan,
  campaigns: { event: new Map(), system: new Map(), entered: new Map(), left: new Map() },
  programs: new Map(plan.missions.map(({ name, mission }) => [name, programOf(quietReward(mission.reward), {})])),
});
