/**
 * The ids that say where an event was made: this device, this session (no gap of 30 minutes), this page, and its count.
 */
import type { PageCount } from '../wire/event.ts';
import type { Platform } from './platform.ts';

const GAP = 30 * 60_000;
/** Other tabs learn of our activity this often; a session is shared by all of them. */
const SHARE_EVERY = 10_000;

/** Where a page's calls before the script had loaded were counted. */
export interface PageStart {
  page_id: string;
  seq: number;
}

export interface Session {
  device(): string;
  session(): string;
  page: string;
  /** The next `seq` of this page; kept apart from the queue, so that a lost tail shows. */
  next(): number;
  /** How far every page of this device counted that no collector has been told of. */
  counted(): PageCount[];
  /** The collector knows these counts. */
  told(pages: PageCount[]): void;
}

export const createSession = ({ now, random, local }: Platform, prefix: string, start?: PageStart): Session => {
  const kept = (key: string) => local.get(prefix + key);
  let device = kept('device');
  if (!device) {
    device = `d-${random()}`;
    local.set(`${prefix}device`, device);
  }
  const deviceId = device;
  const page = start?.page_id ?? `p-${random()}`;
  const mine = `${prefix}p:${page}`;
  let seq = start?.seq ?? 0;
  let id = '';
  let active = 0;
  let shared = 0;

  const session = (): string => {
    const time = now();
    if (!id || time - active > GAP) {
      const [other = '', last = 0] = kept('session')?.split(' ') ?? [];
      id = other && time - Number(last) <= GAP ? other : `s-${random()}`;
      shared = 0;
    }
    active = time;
    if (time - shared > SHARE_EVERY) {
      shared = time;
      local.set(`${prefix}session`, `${id} ${time}`);
    }
    return id;
  };

  return {
    device: () => deviceId,
    session,
    page,
    next() {
      seq++;
      local.set(mine, `${session()} ${seq}`);
      return seq;
    },
    counted: () =>
      local.keys(`${prefix}p:`).map((key) => {
        const [session_id = '', count] = (local.get(key) ?? '').split(' ');
        return { page_id: key.slice(prefix.length + 2), session_id, seq: Number(count) };
      }),
    told(pages) {
      for (const { page_id, session_id, seq: count } of pages)
        if (local.get(`${prefix}p:${page_id}`) === `${session_id} ${count}`) local.remove(`${prefix}p:${page_id}`);
    },
  };
};
