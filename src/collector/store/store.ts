/**
 * Everything that a collector keeps, opened: in files of its own, or in a cluster that it shares with others.
 */
import type { Lag } from '../cluster/stream-follow.ts';
import type { Holding } from '../following/holding.ts';
import type { SharedChannel } from '../keeping.ts';
import type { EventLog } from './event-log.ts';
import type { UserStore } from './user-store.ts';

export type Lags = { events: Lag; customers: Lag };

/** What there is only where other collectors use the same store. */
export interface Shared {
  holding: Holding;
  sharedChannel: SharedChannel;
  /** How far what is read here is behind what is kept. */
  lags: () => Lags;
}

export interface Store {
  /** For `/healthz`. */
  is: 'sqlite' | 'cluster';
  log: EventLog;
  users: UserStore;
  shared?: Shared;
  /** After log and users were closed: nothing of it is held or watched any more. */
  close(): Promise<void>;
}
