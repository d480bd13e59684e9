/**
 * What this device lost, by reason: totals since the device id was made, so that a report sent twice changes nothing.
 */
import { type Losses, type LossReason, lossReasons } from '../wire/event.ts';
import type { TextStore } from './platform.ts';

export type Lose = (reason: LossReason, events: number) => void;

export const createLosses = (store: TextStore, key: string): { lose: Lose; read(): Losses } => {
  const read = (): Losses => {
    const losses: Losses = {};
    const words = (store.get(key) ?? '').split(' ');
    lossReasons.forEach((reason, index) => {
      const count = Number(words[index]);
      if (count > 0) losses[reason] = count;
    });
    return losses;
  };
  return {
    read,
    lose(reason, events) {
      if (events < 1) return;
      const losses = read();
      losses[reason] = (losses[reason] ?? 0) + events;
      store.set(key, lossReasons.map((one) => losses[one] ?? 0).join(' '));
    },
  };
};
