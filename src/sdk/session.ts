/**
 * The ids that say where an event was made: this device, this session (no gap of 30 minutes), this page, and its count.
 */
import type { PageCount } from '../wire/event.ts';
import { isEventId } from '../wire/ids.ts';
import type { Platform } from './platform.ts';

const GAP = 30 * 60_000;
/** Other tabs learn of our activity this often; a session is shared by all of them. */
const SHARE_EVERY = 10_000;

/** What the stub left in the window: where this page's calls were counted before the script had loaded. */
export interface PageStart {
  p?: string;
  n?: number;
}

export interface Session {
  device(): string;
  /** The session's id now. */
  id(): string;
  /**
   * Where the next event of this page stands. Numbers are a label's: a second one on the same page has a page of its own.
   * @param made where a frame says that it made the event
   */
  next(label: string, made?: PageCount): PageCount;
}

export const createSession = ({ now, random, local }: Platform, prefix: string, { p, n = 0 }: PageStart): Session => {
  /** By label; what comes before the first one is that one's. */
  const pages: { [label: string]: { page_id: string; seq: number } } = Object.create(null);
  const first = { page_id: p ?? `p-${random()}`, seq: n };
  let firstLabel = '';
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
    next(label, made) {
      firstLabel ||= label;
      let page = first;
      if (label && label !== firstLabel) {
        pages[label] ??= { page_id: `p-${random()}`, seq: 0 };
        page = pages[label];
      } else if (made) return { session_id: made.session_id, page_id: made.page_id, seq: made.seq };
      return { session_id: id(), page_id: page.page_id, seq: ++page.seq };
    },
  };
};
