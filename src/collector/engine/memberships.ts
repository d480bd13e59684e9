/**
 * Which segments a customer enters and leaves. Only those are asked whose answer can have changed: segments are indexed by
 * what they are about.
 */
import { withoutOldStarts } from './campaign.ts';
import type { CustomerState } from './customer-state.ts';
import { withLevel } from './level.ts';
import type { Aspect } from './segment.ts';
import type { Cause, Turn } from './turn.ts';

const aspects: { [aspect in Aspect]: (state: CustomerState) => unknown } = {
  tags: ({ tags }) => tags,
  language: ({ language }) => language,
  points: ({ points }) => points,
  properties: ({ properties }) => properties,
  control_group: ({ control_group }) => control_group,
  entry_point: ({ entry_point }) => entry_point,
  level: ({ level }) => level,
  badges: ({ badges }) => badges,
  missions: ({ missions }) => missions,
};
const aspectNames = Object.keys(aspects) as Aspect[];

/** What of a customer is another value by now. */
const changedAspects = (before: CustomerState, after: CustomerState): Aspect[] =>
  before === after ? [] : aspectNames.filter((aspect) => aspects[aspect](before) !== aspects[aspect](after));

/** The names of those that the customer is in now and was not, or the other way round. */
const moved = (turn: Turn, asked: ReadonlySet<string>): string[] => {
  const { plan, world, state, untils } = turn;
  return [...asked].filter((name) => {
    const { matches, until } = plan.segments.rules.get(name)!.ask({ state, now: world.now, context: {} });
    untils.set(name, until);
    return matches !== Object.hasOwn(state.segments, name);
  });
};

const withMoved = (state: CustomerState, names: readonly string[], now: number): CustomerState => {
  if (names.length === 0) return state;
  const segments = { ...state.segments };
  for (const name of names)
    if (Object.hasOwn(segments, name)) delete segments[name];
    else segments[name] = now;
  return { ...state, segments };
};

/**
 * Asks what can have changed since it was last asked.
 * @param also segments of which more is known to have happened than the state shows
 */
export const settle = (turn: Turn, by: Pick<Cause, 'fact' | 'depth'>, also: readonly string[] = []): void => {
  const { byAspect } = turn.plan.segments;
  const changed = changedAspects(turn.settled, turn.state);
  const asked = new Set([...also, ...changed.flatMap((aspect) => byAspect.get(aspect) ?? [])]);
  const names = moved(turn, asked);
  for (const segment of names) {
    const trigger = Object.hasOwn(turn.state.segments, segment) ? 'left' : 'entered';
    turn.causes.push({ trigger, segment, ...by });
  }
  turn.state = withMoved(turn.state, names, turn.world.now);
  turn.settled = turn.state;
};

/**
 * Asks every one by the definitions as they are now, levels included. What moves by that begins nothing: nobody did
 * anything. So does what a customer is in from the beginning.
 */
export const review = (turn: Turn): void => {
  const { definitions, segments, digest } = turn.plan;
  const known = Object.entries(turn.state.segments).filter(([name]) => segments.rules.has(name));
  const kept = { ...turn.state, reviewed: digest, segments: Object.fromEntries(known) };
  turn.state = withLevel(withoutOldStarts(kept, definitions, turn.world.now), definitions.levels);
  turn.state = withMoved(turn.state, moved(turn, new Set(segments.rules.keys())), turn.world.now);
  turn.settled = turn.state;
};
