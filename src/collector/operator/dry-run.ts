/**
 * A campaign replayed over stored events: for whom it would have begun, and why not for the others. Events count by when they
 * came, as they do for the real one. A system event is asked of everybody as they are known today: nobody's past can be
 * made again for all. Read piece by piece, within bounds, and only as long as somebody waits for it.
 */
import type { Label } from '../config/config.ts';
import type { Places } from '../engagement/safe-link.ts';
import type { Customer } from '../engine/customer-key.ts';
import type { Campaign } from '../engine/definitions.ts';
import type { Reaction } from '../engine/reaction.ts';
import { factOf } from '../following/fact.ts';
import type { Pace } from '../following/pace.ts';
import { createRecall } from '../following/recall.ts';
import type { Cursor, EventLog, LoggedEvent } from '../store/event-log.ts';
import type { CustomerKey, UserStore } from '../store/user-store.ts';
import { type Named, named } from './naming.ts';
import { createReplay, type Replay } from './replay.ts';

export interface DryRun {
  events: number;
  /** For whom the campaign was asked. */
  customers: number;
  fired: (Named & { eid: string | null; at: number })[];
  /** The commonest first. */
  refused: { why: string; count: number }[];
  /** There was more than one run takes, or shows. */
  more: boolean;
}

export interface DryRunNeeds {
  log: Pick<EventLog, 'events'>;
  users: Pick<UserStore, 'list'>;
  pace: Pace;
  isWanted: () => boolean;
}

/** Milliseconds since the epoch, by the collector's clock. */
export interface Stretch {
  from: number;
  to: number;
}

const most = { events: 100_000, fired: 1_000, refused: 50, customers: 20_000 } as const;
const AT_ONCE = 200;
/** Reasons hold what was found, so that there may be as many as events. */
const MOST_REASONS = 2_000;
const OTHER = 'other reasons';

/** The place in the log after which events came at a time or later. */
const placeOf = async (log: Pick<EventLog, 'events'>, label: string, time: number): Promise<Cursor> => {
  if (time <= 0) return 0;
  const [newest] = (await log.events(label, { order: 'desc', limit: 1 })).events;
  let [low, high] = [0, newest?.cursor ?? 0];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [next] = (await log.events(label, { order: 'asc', limit: 1, after: middle })).events;
    if (next && next.received_at < time) low = next.cursor;
    else high = middle;
  }
  return low;
};

const createReport = (campaign: string) => {
  const customers = new Set<CustomerKey>();
  const fired: DryRun['fired'] = [];
  const reasons = new Map<string, number>();
  let beginnings = 0;
  const refuse = (why: string): void => {
    const known = reasons.has(why) || reasons.size < MOST_REASONS ? why : OTHER;
    reasons.set(known, (reasons.get(known) ?? 0) + 1);
  };
  return {
    told(customer: Customer, { trace, deliveries }: Reaction, at: number): void {
      const refused = trace?.verdicts.filter((one) => one.campaign === campaign && !one.fired) ?? [];
      // One that goes on after a wait began earlier.
      const began = deliveries.filter((row) => row.campaign === campaign && row.channel === 'run' && row.at === at);
      if (refused.length + began.length > 0) customers.add(customer.key);
      for (const { why } of refused) refuse(why);
      for (const { eid } of began) if (++beginnings <= most.fired) fired.push({ ...named(customer), eid, at });
    },
    of(events: number, more: boolean): DryRun {
      const sorted = [...reasons].map(([why, count]) => ({ why, count })).sort((a, b) => b.count - a.count);
      const rest = sorted.slice(most.refused).reduce((sum, { count }) => sum + count, 0);
      const refused = [...sorted.slice(0, most.refused), ...(rest > 0 ? [{ why: OTHER, count: rest }] : [])];
      return { events, customers: customers.size, fired, refused, more: more || beginnings > most.fired };
    },
  };
};

/** Resolves with whether everybody was told. */
const tellAll = async (
  { users, log, pace, isWanted }: DryRunNeeds,
  label: string,
  replay: Replay,
  event: LoggedEvent,
): Promise<boolean> => {
  const recall = createRecall(log, label);
  const fact = factOf(event);
  let told = 0;
  for (let after: CustomerKey | null | undefined; after !== null && isWanted(); ) {
    const page = await users.list(label, after, AT_ONCE);
    for (const { customer: key, state: stored } of page.customers) {
      if (++told > most.customers) return false;
      // As if none of this campaign's had begun yet.
      const fresh = { ...stored, campaigns: {}, waiting: [], outbox: [] };
      const missing = replay.plan.missing(fresh);
      const state = missing.length > 0 ? await recall.history(key, fresh, missing, event.cursor) : fresh;
      replay.tell({ key, user: stored.user }, state, fact, event.received_at);
      await pace.giveWay();
    }
    after = page.next;
  }
  return true;
};

export const dryRun = async (
  needs: DryRunNeeds,
  label: Label,
  campaign: Campaign,
  places: Places,
  { from, to }: Stretch,
): Promise<DryRun> => {
  const { log, pace, isWanted } = needs;
  const report = createReport(campaign.name);
  const start = await placeOf(log, label.name, from);
  const { told } = report;
  const replay = createReplay({ log, label, campaign, places, after: start, from, told, giveWay: pace.giveWay });
  let events = 0;
  let isWhole = true;
  for (let after: Cursor | null = start; after !== null && isWanted(); ) {
    const page = await log.events(label.name, { after, order: 'asc', limit: AT_ONCE });
    after = page.next;
    for (const event of page.events) {
      if (event.received_at > to) {
        after = null;
        break;
      }
      if (events === most.events || replay.size() > most.customers) return report.of(events, true);
      events++;
      if ((await replay.take(event)) === 'for all' && !(await tellAll(needs, label.name, replay, event)))
        isWhole = false;
      await pace.giveWay();
    }
  }
  await replay.end(to);
  return report.of(events, !isWhole);
};
