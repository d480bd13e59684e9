/**
 * What a frame has done and the page around has not taken yet: in the tab's own storage by id, where the frame's next
 * document finds it and sends it again. The page knows an id that it had; nothing comes twice.
 */
import type { TextStore } from '../platform.ts';

/** Rows that wait at most: as many as the page's own queue holds. */
const ROWS = 10_000;

export interface Outbox {
  /** Kept, and on its way. `false`: too many wait already. */
  keep(id: string, text: string): boolean;
  /** Sends what an earlier document left. */
  resume(): void;
  /** Nothing may be kept here. */
  purge(): void;
}

/**
 * @param may whether anything may be kept on this device; what may not still goes across
 * @param deliver resolves when the page has it, rejects when it refuses
 */
export const createOutbox = (
  store: TextStore,
  prefix: string,
  may: () => boolean,
  deliver: (id: string, text: string) => Promise<unknown>,
): Outbox => {
  let waiting = 0;
  const give = (id: string, text: string) => {
    waiting++;
    const gone = () => {
      waiting--;
      store.remove(prefix + id);
    };
    deliver(id, text).then(gone, gone); // a refusal is told where it arrives
  };
  return {
    keep(id, text) {
      if (waiting >= ROWS) return false;
      if (may()) store.set(prefix + id, text);
      give(id, text);
      return true;
    },
    resume() {
      if (may()) for (const key of store.keys(prefix)) give(key.slice(prefix.length), `${store.get(key)}`);
    },
    purge: () => store.keys(prefix).forEach(store.remove),
  };
};
