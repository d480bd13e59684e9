/**
 * Waits for the customer to be known, and not for ever: whoever asks hears `not_identified` after 10 s.
 */
import type { Callbacks } from '../callbacks.ts';
import { smarticoError } from '../notice.ts';

const PATIENCE = 10_000;

/** @param ready the user is identified, or the label set up where everybody is a visitor */
export const whenReady =
  (callbacks: Callbacks, ready: () => boolean): (() => Promise<void>) =>
  () =>
    new Promise((resolve, reject) => {
      const settle = (done: () => void) => {
        clearTimeout(late);
        for (const off of offs) off();
        done();
      };
      const look = () => ready() && settle(resolve);
      const late = setTimeout(
        () => settle(() => reject(smarticoError('not_identified', `after ${PATIENCE / 1000} s`))),
        PATIENCE,
      );
      const offs = [':identify', ':label_init_completed'].map((key) => callbacks.on(key, look));
      look();
    });
