/**
 * The outside world as an argument: the one room that touches the window. It carries and guards; it decides nothing.
 * Every storage getter can throw (sandboxed frames, blocked cookies), so each is read behind a guard that says why.
 */
import { nanoid } from 'nanoid';

/** Text by key, kept across reloads where the browser lets us. */
export interface TextStore {
  get(key: string): string | null;
  /** `false` if the browser refused it (quota, private window). */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  /** Keys that start so, in text order. */
  keys(prefix: string): string[];
  /** `false`: nothing outlives this document. */
  readonly lasting: boolean;
}

export interface Platform {
  root: Window & typeof globalThis & { [name: string]: unknown };
  now(): number;
  /** 12 characters of `[A-Za-z0-9_-]`. */
  random(): string;
  /** From 0 up to 1, for jitter. */
  chance(): number;
  local: TextStore;
  /** Ends with the tab. */
  session: TextStore;
  indexedDB: IDBFactory | undefined;
  locks: LockManager | undefined;
  channel: BroadcastChannel | undefined;
  fetch: typeof fetch;
  /** Listens; the answer is the undo. */
  on(target: EventTarget, type: string, heard: (event: Event) => void): () => void;
}

/** Stands in for a storage that the browser refuses: same shape, this document only. */
const fleetingStore = (): TextStore => {
  const kept = new Map<string, string>();
  return {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => !!kept.set(key, value),
    remove: (key) => void kept.delete(key),
    keys: (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)).sort(),
    lasting: false,
  };
};

const textStore = (open: () => Storage): TextStore => {
  let storage: Storage;
  try {
    storage = open();
    storage.getItem('');
  } catch {
    // SecurityError in sandboxed frames and with cookies blocked; `lasting: false` tells the caller, who reports it.
    return fleetingStore();
  }
  return {
    get: (key) => storage.getItem(key),
    set(key, value) {
      try {
        storage.setItem(key, value);
        return true;
      } catch {
        return false; // QuotaExceededError: the caller steps down and counts it
      }
    },
    remove: (key) => storage.removeItem(key),
    keys(prefix) {
      const found: string[] = [];
      for (let index = 0; index < storage.length; index++) {
        const key = storage.key(index);
        if (key?.startsWith(prefix)) found.push(key);
      }
      return found.sort();
    },
    lasting: true,
  };
};

/** What a getter answers, or nothing where the browser forbids even looking. */
const allowed = <T>(read: () => T): T | undefined => {
  try {
    return read() ?? undefined;
  } catch {
    return undefined; // opaque origins throw on the property itself; the room that needs it says that it is missing
  }
};

export const browserPlatform = (root: Platform['root'], channelName: string): Platform => ({
  root,
  now: () => Date.now(),
  random: () => nanoid(12),
  chance: () => Math.random(),
  local: textStore(() => root.localStorage),
  session: textStore(() => root.sessionStorage),
  indexedDB: allowed(() => root.indexedDB),
  locks: allowed(() => root.navigator.locks),
  channel: allowed(() => new root.BroadcastChannel(channelName)),
  fetch: root.fetch.bind(root),
  on(target, type, heard) {
    target.addEventListener(type, heard);
    return () => target.removeEventListener(type, heard);
  },
});
