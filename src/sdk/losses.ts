/**
 * What a label's pages gave out and what of it was lost on this device, until the label's collector knows: how far each page
 * counted, so that a lost tail shows, and every loss by its numbers. Each is a record under a key of its own, so that two tabs
 * never rewrite each other's; one that is told twice changes nothing.
 */
import { type Losses, type LossReason, type Lost, lossReasons, type PageCount } from '../wire/event.ts';
import { isEventId } from '../wire/ids.ts';
import { PAGES } from '../wire/limits.ts';
import { parseJson, stringify } from './json.ts';
import type { Platform } from './platform.ts';

/** Milliseconds within which a page's count is on disk. */
const KEEP_WITHIN = 1_000;

/** Events in the order in which they were made, as far as is known where; one without a number is counted, and not named. */
export type Lose = (reason: LossReason, events: Partial<PageCount>[]) => void;

export interface Ledger {
  /** A page gave out this number; that is kept within a second. */
  count(place: PageCount): void;
  lose: Lose;
  /** The page is leaving, and nothing but its memory has these events. Writes down how far it counted. */
  leave(inMemory: Partial<PageCount>[]): void;
  /** What no collector has been told of; `losses` is of what has no number. */
  said(): { losses: Losses; lost: Lost[]; pages: PageCount[] };
  /** The collector knows this. */
  told(said: { lost?: Lost[]; pages: PageCount[] }): void;
}

export interface Ledgers {
  /** @param mine of everything that is kept for a label */
  of(mine: string): Ledger;
  /** How many events this device lost, by reason, since its id was made. */
  read(): Losses;
}

/** Events as stretches of numbers; those without one are counted in one of no page. */
const stretches = (reason: LossReason, events: Partial<PageCount>[]): Lost[] => {
  const all: Lost[] = [];
  for (const { page_id = '', session_id = '', seq = 0 } of events) {
    const last = all.find(
      (one) => one.page_id === page_id && one.session_id === session_id && (!seq || one.to === seq - 1),
    );
    if (last) last.to++;
    else all.push({ page_id, session_id, reason, from: seq, to: seq });
  }
  return all;
};
const numbersIn = ({ from, to }: Lost) => to - from + 1;
const { isSafeInteger } = Number;
/** Whatever a label is called. */
const LOST = /^[^:]+:[^:]*:l:/;

/** @param prefix of everything we keep; what was lost before a label was known is kept under the one of no name, and told along */
export const createLedgers = ({ local, now, random }: Platform, prefix: string): Ledgers => {
  /** In the keys of what this document may lose: it is not lost while the document lives. */
  const own = random();
  const keys = (where: string) => local.keys(where).filter((key) => !key.includes(own));
  /** Any script of the origin may have written what stands there, and its length would be every batch's: such a record goes. */
  const at = <Record extends PageCount | Lost>(key: string): Record[] => {
    const { page_id, session_id, seq, reason, from, to } = Object(parseJson(local.get(key)));
    if (isEventId(page_id) && isEventId(session_id)) {
      if (isSafeInteger(seq)) return [{ page_id, session_id, seq, ...(isSafeInteger(from) && { from }) } as Record];
      if (lossReasons.includes(reason) && isSafeInteger(from) && isSafeInteger(to))
        return [{ page_id, session_id, reason, from, to } as Record];
    }
    local.remove(key);
    return [];
  };
  const counts = (key: string): Losses => {
    const kept = Object(parseJson(local.get(key)));
    return Object.fromEntries(
      lossReasons.flatMap((reason) => (isSafeInteger(kept[reason]) ? [[reason, kept[reason]]] : [])),
    );
  };
  const add = (sum: Losses, reason: LossReason, events: number) => ({ ...sum, [reason]: (sum[reason] ?? 0) + events });
  const count = (key: string, one: Lost) => local.set(key, stringify(add(counts(key), one.reason, numbersIn(one))));

  return {
    read() {
      let sum: Losses = {};
      for (const key of keys(prefix)) {
        if (LOST.test(key)) for (const one of at<Lost>(key)) sum = add(sum, one.reason, numbersIn(one));
        if (/:losses$/.test(key))
          for (const [reason, events] of Object.entries(counts(key))) sum = add(sum, reason as LossReason, events);
      }
      return sum;
    },
    of(mine) {
      /** Pages that counted on since their counts were kept. */
      const waiting = new Set<string>();
      const last = new Map<string, PageCount>();
      /** Keys go by the time at which their pages began: the oldest are the first. */
      const began = now().toString(36);
      let keeping: ReturnType<typeof setTimeout> | undefined;
      const keep = () => {
        clearTimeout(keeping);
        keeping = undefined;
        for (const page of waiting) local.set(`${mine}p:${began}${page}`, stringify(last.get(page)));
        waiting.clear();
        // A collector that is never reached must not fill the origin's storage: of pages long gone, a lost tail no longer shows.
        for (const key of local.keys(`${mine}p:`).slice(0, -PAGES)) local.remove(key);
      };
      const records = (kind: string) => [`${prefix}:`, mine].flatMap((whose) => keys(whose + kind));
      const said = <Record extends PageCount | Lost>(kind: string) =>
        records(kind)
          .flatMap(at<Record>)
          .slice(-PAGES);
      const forget = <Record extends PageCount | Lost>(kind: string, told: Record[], known?: (one: Record) => void) => {
        const texts = told.map((one) => stringify(one));
        for (const key of records(kind)) {
          const [one] = at<Record>(key);
          if (!texts.includes(stringify(one))) continue;
          known?.(one as Record);
          local.remove(key);
        }
      };
      return {
        count({ page_id, session_id, seq }) {
          const before = last.get(page_id);
          // What waited for a label comes after what followed it.
          if (before && before.seq >= seq) return;
          const from = !before || before.session_id === session_id ? before?.from : seq;
          last.set(page_id, { page_id, session_id, seq, ...(from && { from }) });
          waiting.add(page_id);
          // Not with every event: a localStorage write beside it makes the database's own ten times as slow (measured).
          keeping ??= setTimeout(keep, KEEP_WITHIN);
        },
        lose(reason, events) {
          // Nor must losses that are never told: beyond the bound they have no numbers.
          for (const one of stretches(reason, events))
            if (!one.from || records('l:').length >= PAGES) count(`${mine}losses`, one);
            else local.set(`${mine}l:${random()}`, stringify(one));
        },
        leave(inMemory) {
          keep();
          for (const key of local.keys(`${mine}l:${own}`)) local.remove(key);
          stretches('storage', inMemory).map((one, index) => local.set(`${mine}l:${own}${index}`, stringify(one)));
        },
        said() {
          keep();
          return { losses: counts(`${mine}losses`), lost: said('l:'), pages: said('p:') };
        },
        told({ lost = [], pages }) {
          forget('p:', pages);
          forget('l:', lost, (one) => count(`${prefix}losses`, one));
        },
      };
    },
  };
};
