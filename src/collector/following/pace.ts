/**
 * How work behind the answers shares the loop with them: it gives way after a few milliseconds, and rests between its
 * slices while events come in.
 */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

export interface Pace {
  /** Gives the loop away where this turn has been long. */
  giveWay(): Promise<void>;
  /** Between slices. */
  rest(): Promise<void>;
}

/** Longer than this at a stretch shows in the slowest answers; where others take long turns, a fifth of the time is ours. */
const TURN_MS = 8;
const LONGEST_TURN_MS = 50;
/** While others are busy a slice takes a fifth of the time. */
const REST_OF_WORK = 4;
const LONGEST_REST_MS = 250;

/** @param isBusy whether events came in just now */
export const createPace = (isBusy: () => boolean): Pace => {
  let turnBegan = performance.now();
  let sliceBegan = turnBegan;
  let turn = TURN_MS;
  return {
    async giveWay() {
      const now = performance.now();
      if (now - turnBegan < turn) return;
      await nextTurn();
      turnBegan = performance.now();
      turn = Math.min(Math.max(TURN_MS, (turnBegan - now) / REST_OF_WORK), LONGEST_TURN_MS);
    },
    async rest() {
      const took = performance.now() - sliceBegan;
      await (isBusy() ? pause(Math.min(REST_OF_WORK * took, LONGEST_REST_MS)) : nextTurn());
      sliceBegan = performance.now();
      turnBegan = sliceBegan;
    },
  };
};
