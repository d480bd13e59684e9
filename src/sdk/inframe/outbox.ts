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
  /** Sends what earlier documents left; once, and not before anything may be kept here. */
  resume(): void;
  /** Nothing may be kept here. */
  purge(): void;
}

/**
 * @param may whether anything may be kept on this device; what may not still goes across
 * @param deliver resolves when the page has it, rejects when it refuses
 * @param full the browser keeps no more: a row waits in this document alone
 */
export const createOutbox = (
  store: TextStore,
  prefix: string,
  may: () => boolean,
  deliver: (id: string, text: string) => Promise<unknown>,
  full: () => void,
): Outbox => {
  /** Ids on their way. */
  const waiting = new Set<string>();
  let resumed = false;
  const give = (id: string, text: string) => {
    waiting.add(id);
    const gone = () => {
      waiting.delete(id);
      store.remove(prefix + id);
    };
    deliver(id, text).then(gone, gone); // a refusal is told where it arrives
  };
  return {
    keep(id, text) {
      if (waiting.size >= ROWS) return false;
      if (may() && !store.set(prefix + id, text)) full();
      give(id, text);
      return true;
    },
    resume() {
      if (resumed || !may()) return;
      resumed = true;
      for (const key of store.keys(prefix)) {
        const id = key.slice(prefix.length);
        if (!waiting.has(id)) give(id, `${store.get(key)}`);
      }
    },
    purge: () => store.keys(prefix).forEach(store.remove),
  };
};
