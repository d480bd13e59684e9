/**
 * How far a copy is, as a line for people. Pure.
 */
export interface Reached {
  what: string;
  done: number;
  all: number;
  /** Of `done` in this run, and how long that took. */
  since: { done: number; ms: number };
}

const BAR = 24;

const number = (value: number): string => Math.round(value).toLocaleString('en-US');

const timeOf = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '';
  const [minutes, rest] = [Math.floor(seconds / 60), Math.ceil(seconds % 60)];
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
  return minutes > 0 ? `${minutes} min ${rest} s left` : `${rest} s left`;
};

const share = ({ done, all }: Reached): number => (all === 0 ? 1 : Math.min(1, done / all));

export const perCent = (reached: Reached): number => Math.floor(100 * share(reached));

/** `12,000 of 48,000 events, 25 %, 6,000/s, 6 s left` */
export const progressText = (reached: Reached): string => {
  const { what, done, all, since } = reached;
  const rate = since.ms === 0 ? 0 : (since.done * 1_000) / since.ms;
  const parts = [`${number(done)} of ${number(all)} ${what}`, `${perCent(reached)} %`];
  if (rate > 0 && done < all) parts.push(`${number(rate)}/s`, timeOf((all - done) / rate));
  return parts.join(', ');
};

/** The same behind a bar, cut to a terminal's width. */
export const progressBar = (reached: Reached, width: number): string => {
  const full = Math.round(BAR * share(reached));
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${progressText(reached)}`.slice(0, Math.max(0, width - 1));
};
