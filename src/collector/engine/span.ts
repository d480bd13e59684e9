/**
 * When something holds by time alone: from one moment, until another and no longer. Milliseconds; infinite where time
 * changes nothing. Pure.
 */

export interface Span {
  from: number;
  until: number;
}

export const always: Span = { from: -Infinity, until: Infinity };
export const never: Span = { from: Infinity, until: -Infinity };

export const overlap = (spans: readonly Span[]): Span => ({
  from: Math.max(...spans.map(({ from }) => from)),
  until: Math.min(...spans.map(({ until }) => until)),
});

export const holdsAt = ({ from, until }: Span, now: number): boolean => from <= now && now < until;

/** The next moment at which it begins or ends to hold; `null`: never. */
export const nextChange = ({ from, until }: Span, now: number): number | null => {
  if (from >= until || now >= until) return null;
  const next = now < from ? from : until;
  return Number.isFinite(next) ? next : null;
};
