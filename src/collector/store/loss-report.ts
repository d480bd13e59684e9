/**
 * The report of losses, and its sums: of everything that a session gave out, given = stored + refused + lost + missing. Pure.
 */
import type { LossReason } from '../../wire/event.ts';
import { numbersIn, type PageSequence, type Share, sharesOf } from './page-sequence.ts';

export interface DevicePage extends PageSequence {
  device_id: string;
  page_id: string;
  last_at: number;
}

/** Numbers, both included. */
interface Numbers {
  from: number;
  to: number;
}
interface Sums {
  /** Numbers given out, one an event. */
  given: number;
  stored: number;
  /** Came, and were not stored: refused, or another event had their id. */
  refused: number;
  /** On their way, or gone without a trace. */
  missing: number;
}
export interface SessionLosses extends Sums {
  session_id: string;
  device_id: string;
  /** By reason. */
  lost: Record<string, number>;
  last_at: number;
  /** Those with a number that is not stored. A list holds the first of many. */
  pages: (Omit<Sums, 'missing'> & {
    page_id: string;
    lost: (Numbers & { reason: LossReason })[];
    missing: Numbers[];
  })[];
}

export interface LossReport {
  /** What devices say they lost, by reason; what came after all is not in it. */
  totals: Record<string, number>;
  devices: { device_id: string; reason: string; count: number; reported_at: number }[];
  /** Sessions with a number that is not stored. */
  sessions: SessionLosses[];
  /** Pages with numbers that nobody accounts for. */
  gaps: {
    page_id: string;
    session_id: string;
    device_id: string;
    highest_seq: number;
    stored: number;
    missing: number[];
    last_at: number;
  }[];
}

const sumsOf = ({ stored, refused, lost, missing, unlisted }: Share): Sums => {
  const gone = numbersIn(missing) + unlisted;
  return { given: stored + refused + numbersIn(lost) + gone, stored, refused, missing: gone };
};

const add = (session: SessionLosses, share: Share, { page_id, last_at }: DevicePage): void => {
  const sums = sumsOf(share);
  for (const name of ['given', 'stored', 'refused', 'missing'] as const) session[name] += sums[name];
  for (const [from, to, reason] of share.lost) session.lost[reason] = (session.lost[reason] ?? 0) + to - from + 1;
  session.last_at = Math.max(session.last_at, last_at);
  if (sums.stored === sums.given) return;
  session.pages.push({
    page_id,
    ...sums,
    lost: share.lost.map(([from, to, reason]) => ({ from, to, reason })),
    missing: share.missing.map(([from, to]) => ({ from, to })),
  });
};

/** @param pages all that the devices have, whatever they lack */
export const sessionLosses = (pages: DevicePage[]): SessionLosses[] => {
  const sessions = new Map<string, SessionLosses>();
  for (const page of pages)
    for (const share of sharesOf(page)) {
      const { session_id } = share;
      const { device_id } = page;
      const key = `${device_id} ${session_id}`;
      const session = sessions.get(key) ?? {
        ...{ session_id, device_id, given: 0, stored: 0, refused: 0, missing: 0, last_at: 0 },
        ...{ lost: {}, pages: [] },
      };
      sessions.set(key, session);
      add(session, share, page);
    }
  return [...sessions.values()].filter((one) => one.pages.length > 0).sort((a, b) => b.last_at - a.last_at);
};
