/**
 * Points, and the level that they lead to. Pure. A level is reached by what was ever earned: spending takes none away.
 */
import type { CustomerState } from './customer-state.ts';
import type { Level } from './definitions.ts';

/** @param levels lowest first */
export const levelOf = (levels: readonly Level[], ever: number): CustomerState['level'] => {
  const reached = levels.findLast(({ points }) => points <= ever);
  return reached ? { id: reached.id, name: reached.name } : null;
};

/** As the levels are defined now. */
export const withLevel = (state: CustomerState, levels: readonly Level[]): CustomerState => {
  const level = levelOf(levels, state.points.ever);
  return level?.id === state.level?.id && level?.name === state.level?.name ? state : { ...state, level };
};

/** A balance is never below zero; what is taken away was earned all the same. */
export const withPoints = (state: CustomerState, points: number, levels: readonly Level[]): CustomerState => {
  const { balance, ever } = state.points;
  const after = { balance: Math.max(0, balance + points), ever: ever + Math.max(0, points) };
  return withLevel({ ...state, points: after }, levels);
};
