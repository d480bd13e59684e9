/**
 * The steps of a campaign that change what is known of its customer: tags, points, badges. Pure.
 */
import { changedTags, tagsIn } from '../../wire/tags.ts';
import type { CustomerState } from './customer-state.ts';
import type { Level, StateStep } from './definitions.ts';
import { withPoints } from './level.ts';

export interface StepTaken {
  state: CustomerState;
  /** For the trace. */
  told: string;
}

const withTags = (state: CustomerState, { operation, tags }: Extract<StateStep, { kind: 'tag' }>): StepTaken => {
  const after = changedTags(state.tags, operation, tagsIn(tags));
  const isSame = after.length === state.tags.length && after.every((tag, at) => tag === state.tags[at]);
  const told = `${operation === 'add' ? 'tag' : 'no longer'} ${tags.join(' ')}`;
  return { state: isSame ? state : { ...state, tags: after }, told };
};

export const takeStateStep = (
  state: CustomerState,
  step: StateStep,
  levels: readonly Level[],
  now: number,
): StepTaken => {
  switch (step.kind) {
    case 'tag':
      return withTags(state, step);
    case 'points':
      return { state: withPoints(state, step.points, levels), told: `${step.points} points` };
    case 'badge': {
      const told = `badge ${step.badge}`;
      // Awarded once: it keeps the day.
      if (Object.hasOwn(state.badges, step.badge)) return { state, told };
      return { state: { ...state, badges: { ...state.badges, [step.badge]: now } }, told };
    }
  }
};
