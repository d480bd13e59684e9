/**
 * Customers whose alarm rings (`state.wakes_at`): a wait ends, a message is due, time alone may move them out of a segment.
 * Looked for every second, and sooner where something nearer is known. Nothing is kept here: alarms are in the states, so
 * those that should have rung while the collector was down ring when it is back.
 */
import { UNDER_WAY_MS } from '../engine/alarm.ts';
import type { UserStore } from '../store/user-store.ts';
import { createChore } from './chore.ts';
import type { Pace } from './pace.ts';
import type { Step } from './step.ts';

export interface Alarms {
  /** From now on they ring; and whose messages were under way when the collector ended are looked at, too. */
  start(): void;
  /** Of a customer who was just stored. */
  known(wakesAt: number | null): void;
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface AlarmsNeeds {
  label: string;
  users: Pick<UserStore, 'due'>;
  step: Step;
  pace: Pace;
  now: () => number;
  failed: (cause: unknown) => void;
  /** After the start, what whoever followed before had under way may still be written; 0 where nobody did. */
  lateMs?: number;
}

const LOOK_EVERY_MS = 1_000;
/** Of one look; the others ring with the next. */
const MOST = 5_000;
const MOST_AT_START = 100_000;
const SLICE = 200;

export const createAlarms = ({ label, users, step, pace, now, failed, lateMs = 0 }: AlarmsNeeds): Alarms => {
  let state: 'silent' | 'ringing' | 'closed' = 'silent';
  /** When those are looked at, too, whose messages somebody else had under way. */
  let othersAt: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  let looksAt = Infinity;

  const ring = createChore(async (goesOn) => {
    const at = now();
    const isForOthers = othersAt.some((time) => time <= at);
    const due = await (isForOthers ? users.due(label, at + UNDER_WAY_MS, MOST_AT_START) : users.due(label, at, MOST));
    for (let n = 0; n < due.length && goesOn(); n += SLICE) {
      const slice = due.slice(n, n + SLICE);
      // Nobody is registered by an alarm: whose key it is their state tells.
      await step(slice.map((key) => ({ customer: { key, user: null }, at, what: { is: 'time' } })));
      await pace.rest();
    }
    othersAt = othersAt.filter((time) => time > at);
    lookAt(at + LOOK_EVERY_MS);
  }, failed);
  const look = (): void => {
    looksAt = Infinity;
    ring.wake();
  };
  const lookAt = (at: number): void => {
    if (state === 'closed' || at >= looksAt) return;
    clearTimeout(timer);
    looksAt = at;
    timer = setTimeout(look, Math.max(0, at - now()));
  };

  return {
    start() {
      if (state !== 'silent') return;
      state = 'ringing';
      othersAt = lateMs > 0 ? [now(), now() + lateMs] : [now()];
      ring.wake();
    },
    known(wakesAt) {
      if (state === 'ringing' && wakesAt !== null) lookAt(Math.min(wakesAt, now() + LOOK_EVERY_MS));
    },
    settled: ring.settled,
    async close() {
      state = 'closed';
      clearTimeout(timer);
      await ring.close();
    },
  };
};
