/**
 * What one frame listens to among the page's callbacks. Silent while the frame's document is away, gone when it is gone: a
 * link that only a dead frame would answer is nobody's.
 */
import type { Ear } from '../../bridge/serving.ts';
import type { Callbacks } from '../callbacks.ts';

export interface Listening {
  on(key: string, handler: Ear | null | undefined, options: object | undefined): void;
  off(key: string, handler: Ear): void;
  clear(): void;
  /** The document is leaving. */
  rest(): void;
  /** It spoke. */
  wake(): void;
}

export const createListening = ({ on, off }: Pick<Callbacks, 'on' | 'off'>): Listening => {
  let heard: [key: string, handler: Ear][] = [];
  let resting = false;
  const drop = (gone: (key: string, handler: unknown) => boolean) => {
    for (const [key, handler] of heard.filter((one) => gone(...one))) {
      off(key, handler);
      handler.release();
    }
    heard = heard.filter((one) => !gone(...one));
  };
  return {
    on(key, handler, options) {
      if (!handler) return drop((one) => one === key);
      drop((one, each) => one === key && each === handler);
      heard.push([key, handler]);
      // Its document may have left before it came to this call.
      if (!resting) on(key, handler, options);
    },
    off(key, handler) {
      drop((one, each) => one === key && each === handler);
      handler.release();
    },
    clear: () => drop(() => true),
    rest() {
      resting = true;
      for (const one of heard) off(...one);
    },
    wake() {
      if (resting) for (const [key, handler] of heard) on(key, handler, { replay: false });
      resting = false;
    },
  };
};
