/**
 * Calls made before the script had loaded: the stub's queue in memory, and its rows on disk, of this page or of one that
 * was gone before its script came. Reads what `stub.ts` wrote; trusts none of it.
 */
import { isEventId } from '../wire/ids.ts';
import type { Earlier } from './capture.ts';
import { userId } from './identity.ts';
import type { Lose } from './losses.ts';
import type { TextStore } from './platform.ts';
import type { PageStart } from './session.ts';

/** What the stub leaves in the window: a function that is no SDK, with its calls in order. */
export interface Stub {
  /** `[method, arguments, key of the row on disk]` */
  q?: unknown;
  /** The page's id, and how many events it counted. */
  p?: unknown;
  n?: unknown;
}

type Invoke = (method: string, args: unknown[]) => unknown;

export const earlyPage = (stub: Stub | undefined): PageStart | undefined =>
  isEventId(stub?.p) && typeof stub.n === 'number' ? { page_id: stub.p, seq: stub.n } : undefined;

const readEarlier = (
  eid: string,
  text: string | null,
): { method: string; args: unknown[]; earlier: Earlier } | null => {
  try {
    const [method, args, event_date, user, page_id, seq] = JSON.parse(text ?? '');
    if (isEventId(eid) && isEventId(page_id) && Array.isArray(args) && seq > 0 && event_date > 0)
      return { method, args, earlier: { eid, event_date, user_ext_id: userId(user), page_id, seq } };
  } catch {
    // Not JSON, so not the stub's: told to the caller by the missing row.
  }
  return null;
};

/**
 * Replays everything: first the rows of pages that are gone, then this page's calls in their order. A row leaves the disk
 * when `record` has put its event, under the same id, into the queue.
 */
export const replayEarly = (
  stub: Stub | undefined,
  store: TextStore,
  prefix: string,
  record: (method: string, args: unknown[], earlier: Earlier) => unknown,
  invoke: Invoke,
  lose: Lose,
): void => {
  const fromDisk = (key: string) => {
    const row = readEarlier(key.slice(prefix.length), store.get(key));
    if (row) record(row.method, row.args, row.earlier);
    else lose('stored_row_unreadable', 1);
    store.remove(key);
  };
  const calls: unknown[] = Array.isArray(stub?.q) ? stub.q : [];
  const mine = new Set(calls.map((call) => (Array.isArray(call) ? call[2] : undefined)));
  for (const key of store.keys(prefix)) if (!mine.has(key)) fromDisk(key);
  for (const call of calls) {
    if (!Array.isArray(call)) continue;
    const [method, args, key] = call;
    if (typeof key === 'string' && store.get(key) !== null) fromDisk(key);
    else invoke(String(method), Array.isArray(args) ? args : []);
  }
};
