/**
 * `on` and `off`: who in the page wants to hear what. A handler is called on the next tick, one that throws stops nobody
 * else, and lifecycle keys are remembered for whoever comes late (clients subscribe to `init` after calling it).
 * A key with a colon before it is the SDK's own ear for the same word: a page that removes all handlers does not deafen us.
 */
import type { Tell } from './notice.ts';

export type Handler = (...args: never[]) => unknown;

export interface Callbacks {
  /** Returns its undo. `null` removes every handler of the key. A sticky key's last word is told once, unless `replay` is false. */
  on(key: string, handler: Handler | null, options?: { replay?: boolean }): () => void;
  off(key: string, handler: Handler): void;
  /** The SDK's own ear for one word of a key, a sticky key's last one too: resolves with the first that is wanted. */
  once(key: string, wanted?: (code: number) => boolean): Promise<void>;
  emit(key: string, ...args: unknown[]): void;
  /** The same, remembered for late handlers until `forget`. */
  emitSticky(key: string, ...args: unknown[]): void;
  forget(key: string): void;
  /** Whether anybody listens. */
  heard(key: string): boolean;
  /** Everything that somebody listens to, or did; `:listened` tells that there may be more. */
  keys(): string[];
  /** Removes every handler of the page's. */
  clear(): void;
}

export const createCallbacks = (tell: Tell): Callbacks => {
  const handlers = new Map<string, Set<Handler>>();
  const last = new Map<string, unknown[]>();
  const of = (key: string) => handlers.get(key) ?? new Set<Handler>();
  const call = (key: string, handler: Handler, args: unknown[]) =>
    setTimeout(() => {
      // Whoever was removed in between does not want to hear it any more.
      if (!of(key).has(handler)) return;
      try {
        handler(...(args as never[]));
      } catch (cause) {
        tell('handler_threw', key, cause);
      }
    });
  const emit = (key: string, ...args: unknown[]) => {
    for (const each of [`:${key}`, key]) for (const handler of of(each)) call(each, handler, args);
  };
  const on: Callbacks['on'] = (key, handler, options) => {
    if (typeof handler !== 'function') {
      handlers.delete(key);
      return () => {};
    }
    handlers.set(key, of(key).add(handler));
    emit(':listened');
    const word = last.get(key.replace(/^:/, ''));
    if (word && options?.replay !== false) call(key, handler, word);
    return () => void of(key).delete(handler);
  };
  return {
    on,
    off: (key, handler) => void of(key).delete(handler),
    once: (key, wanted = () => true) =>
      new Promise((resolve) => {
        const off = on(`:${key}`, (code: number) => {
          if (!wanted(code)) return;
          off();
          resolve();
        });
      }),
    emit,
    emitSticky(key, ...args) {
      last.set(key, args);
      emit(key, ...args);
    },
    forget: (key) => void last.delete(key),
    heard: (key) => of(key).size > 0,
    keys: () => [...handlers.keys()],
    clear() {
      for (const key of handlers.keys()) if (key[0] !== ':') handlers.delete(key);
    },
  };
};
