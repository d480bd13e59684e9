/**
 * Everything that a collector keeps, opened: in files of its own, or in a cluster that it shares with others.
 */
import type { EventLog } from './event-log.ts';
import type { UserStore } from './user-store.ts';

export interface Store {
  /** For `/healthz`. */
  is: 'sqlite' | 'cluster';
  log: EventLog;
  users: UserStore;
  /** After log and users were closed: nothing of it is held or watched any more. */
  close(): Promise<void>;
}
