/**
 * The ids that say where an event was made: this device, this session (no gap of 30 minutes), this page, and its count.
 */
import type { PageCount } from '../wire/event.ts';
import { isEventId } from '../wire/ids.ts';
import { PAGES } from '../wire/limits.ts';
import { parseJson, stringify } from './json.ts';
import type { Platform } from './platform.ts';

const GAP = 30 * 60_000;
/** Other tabs learn of our activity this often; a session is shared by all of them. */
const SHARE_EVERY = 10_000;
/** Milliseconds within which a page's count is on disk. */
const KEEP_WITHIN = 1_000;

/** What the stub left in the window: where this page's calls were counted before the script had loaded. */
export interface PageStart {
  p?: string;
  n?: number;
}

export interface Session {
  device(): string;
  /** The session's id now. */
  id(): string;
  /** Where the next event of this page stands; within a second its `seq` is kept apart from the queue, so that a lost tail shows. */
  next(): PageCount;
  /** Writes down how far this page counted; the page is leaving. */
  keep(): void;
  /** How far every page of this device counted that no collector has been told of. */
  counted(): PageCount[];
  /** The collector knows these counts. */
  told(pages: PageCount[]): void;
}

export const createSession = ({ now, random, local }: Platform, prefix: string, { p, n = 0 }: PageStart): Session => {
  const pages = `${prefix}:p:`;
  const page_id = p ?? `p-${random()}`;
  let seq = n;
  let session = '';
  let active = 0;
  let shared = 0;
  let device = '';

  const id = (): string => {
    const time = now();
    if (time - active > GAP) {
      const [last, other] = (local.get(`${prefix}session`) ?? '').split(' ');
      session = isEventId(other) && time - Number(last) < GAP ? other : `s-${random()}`;
      shared = 0;
    }
    active = time;
    if (time - shared > SHARE_EVERY) {
      shared = time;
      local.set(`${prefix}session`, `${time} ${session}`);
    }
    return session;
  };
  let count: PageCount | undefined;
  /** Of what stands there: any script of the origin may have written it, and its length would be every batch's. */
  const read = (key: string): PageCount[] => {
    const { session_id, page_id: page, seq: count } = Object(parseJson(local.get(key)));
    if (key === pages + page && isEventId(page) && isEventId(session_id) && Number.isSafeInteger(count))
      return [{ session_id, page_id: page, seq: count }];
    local.remove(key);
    return [];
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = () => {
    if (count) local.set(pages + page_id, stringify(count));
    count = timer = undefined;
  };
  return {
    // Not before it is asked for: a page that may not report leaves nothing behind.
    device() {
      if (!device) {
        const kept = local.get(`${prefix}device`);
        device = isEventId(kept) ? kept : `d-${random()}`;
        local.set(`${prefix}device`, device);
      }
      return device;
    },
    id,
    next() {
      count = { session_id: id(), page_id, seq: ++seq };
      // Not with every event: a localStorage write beside it makes the database's own ten times as slow (measured).
      timer ??= setTimeout(keep, KEEP_WITHIN);
      return count;
    },
    keep,
    counted() {
      keep();
      return local.keys(pages).flatMap(read).slice(-PAGES);
    },
    told(counts) {
      for (const place of counts) {
        const key = pages + place.page_id;
        if (read(key)[0]?.seq === place.seq) local.remove(key);
      }
    },
  };
};
