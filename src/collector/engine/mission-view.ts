/**
 * How far a customer is in each mission, as the customer may see it. Pure.
 */
import type { MissionView, ProfileExtras } from '../../wire/protocol.ts';
import type { CustomerState } from './customer-state.ts';
import type { Mission } from './definitions.ts';

const viewOf = ({ name, title, tasks, repeats }: Mission, { missions }: CustomerState): MissionView => {
  const progress = Object.hasOwn(missions, name) ? missions[name] : undefined;
  const completed_at = progress?.completed_at ?? null;
  return {
    name,
    title,
    completed_at,
    tasks: tasks.map(({ event, count }, at) => ({
      event,
      count,
      // One that repeats is on its way again.
      done: completed_at === null || repeats ? Math.min(progress?.done[at] ?? 0, count) : count,
    })),
  };
};

export const profileExtras = (missions: readonly Mission[], state: CustomerState): ProfileExtras => ({
  missions: missions.map((mission) => viewOf(mission, state)),
  badges: Object.entries(state.badges)
    .map(([name, awarded_at]) => ({ name, awarded_at }))
    .sort((one, other) => other.awarded_at - one.awarded_at),
});
