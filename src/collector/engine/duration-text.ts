/**
 * A duration in words, for reasons that people read. Pure.
 */
import type { Duration } from './definitions.ts';

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** `day`, `7 days`: what "in the last" reads on with. */
export const durationText = (duration: Duration): string => {
  const [unit, length] = units.find(([, length]) => duration % length === 0) ?? units[3];
  return duration === length ? unit : `${duration / length} ${unit}s`;
};
