/**
 * Whether the collector can store: told once when it no longer can, with what to do, and once when it can again. While it
 * cannot, everybody is answered that they come back later, so that nobody else needs to tell it.
 */
import type { Logger } from 'pino';
import type { EventLog } from './event-log.ts';
import { type StoreFault, storeFaultOf, storeFaultText } from './store-fault.ts';
import type { UserStore } from './user-store.ts';

export type Stored = 'events' | 'customers';
export interface Trouble {
  fault: StoreFault;
  since: number;
}
interface Failing extends Trouble {
  /** When it failed last, and when it was last tried without need. */
  last: number;
  tried: number;
  failures: number;
  attempt: () => Promise<unknown>;
}
export interface StoreWatch {
  log(log: EventLog): EventLog;
  users(users: UserStore): UserStore;
  /** Tries what fails, so that an end is seen though nobody sends anything. */
  troubles(): Promise<Partial<Record<Stored, Trouble>>>;
}

/** A disk with room for one row and none for the next fails and goes in turns: that is one trouble. */
const QUIET_MS = 2_000;
/** Whoever asks how it is may ask often; each try is a write. */
const TRY_EVERY_MS = 500;

/** @param now a clock that never jumps */
export const createStoreWatch = (logger: Pick<Logger, 'error' | 'info'>, now: () => number): StoreWatch => {
  const troubles = new Map<Stored, Failing>();

  const failed = (what: Stored, cause: unknown, attempt: () => Promise<unknown>): void => {
    const fault = storeFaultOf(cause);
    // Not the files' fault: whoever asked tells it, and the next one may go.
    if (!fault) return;
    const known = troubles.get(what);
    if (known) {
      known.last = now();
      known.failures++;
      return;
    }
    troubles.set(what, { fault, since: now(), last: now(), tried: now(), failures: 1, attempt });
    logger.error({ fault }, `${what} cannot be stored: ${storeFaultText(cause)}`);
  };
  const went = (what: Stored): void => {
    const known = troubles.get(what);
    if (!known || now() - known.last < QUIET_MS) return;
    troubles.delete(what);
    const seconds = Math.round((now() - known.since) / 1000);
    logger.info({ failures: known.failures, seconds }, `${what} can be stored again`);
  };
  const watched =
    <Given extends unknown[], Result>(
      what: Stored,
      verb: (...given: Given) => Promise<Result>,
      attempt: () => Promise<unknown>,
    ) =>
    async (...given: Given): Promise<Result> => {
      try {
        const result = await verb(...given);
        went(what);
        return result;
      } catch (cause) {
        failed(what, cause, attempt);
        throw cause;
      }
    };

  return {
    log: (log) => ({ ...log, append: watched('events', log.append, log.check) }),
    users: (users) => ({ ...users, update: watched('customers', users.update, users.check) }),
    async troubles() {
      for (const [what, trouble] of troubles) {
        if (now() - trouble.tried < TRY_EVERY_MS) continue;
        trouble.tried = now();
        await trouble.attempt().then(
          () => went(what),
          (cause: unknown) => failed(what, cause, trouble.attempt),
        );
      }
      return Object.fromEntries([...troubles].map(([what, { fault, since }]) => [what, { fault, since }]));
    },
  };
};
