/**
 * What this device lost, by reason: totals since the device id was made, so that a report sent twice changes nothing.
 */
import { type Losses, type LossReason, lossReasons } from '../wire/event.ts';
import { parseJson, stringify } from './json.ts';
import type { TextStore } from './platform.ts';

export type Lose = (reason: LossReason, events: number) => void;
export interface LossCounts {
  lose: Lose;
  read(): Losses;
}

export const createLosses = (store: TextStore, key: string): LossCounts => {
  // Any script of the origin may have written it, and its length would be every batch's.
  const read = (): Losses => {
    const kept = Object(parseJson(store.get(key)));
    return Object.fromEntries(
      lossReasons.map((reason) => [reason, kept[reason]]).filter(([, count]) => Number.isSafeInteger(count)),
    );
  };
  return {
    read,
    lose: (reason, events) => void store.set(key, stringify({ ...read(), [reason]: (read()[reason] ?? 0) + events })),
  };
};
