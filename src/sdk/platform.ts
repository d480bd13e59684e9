/**
 * The outside world as an argument: the one room that touches the window. It carries and guards; it decides nothing.
 * Every storage getter can throw (sandboxed frames, blocked cookies), so each is read behind a guard.
 */
import { nanoid } from 'nanoid';

/** Text by key, kept across reloads where the browser lets us, else for this document only. */
export interface TextStore {
  get(key: string): string | null;
  /** `false` if the browser refused it (quota, private window). */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  /** Keys that start so, in text order. */
  keys(prefix: string): string[];
}

export interface Platform {
  root: Window & typeof globalThis & { [name: string]: unknown };
  now(): number;
  /** 12 characters of `[A-Za-z0-9_-]`. */
  random(): string;
  local: TextStore;
  /** Ends with the tab. */
  session: TextStore;
  locks: LockManager | undefined;
  /** To the other tabs of this origin. */
  openChannel(): BroadcastChannel | undefined;
}

/** What a getter answers, or nothing where the browser forbids even looking (opaque origins throw on the property itself). */
const allowed = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined; // the room that needs it says that it is missing
  }
};

/**
 * A store over the browser's own, or over a map of this document. Opened by its first use: that reads the origin's whole
 * area from disk, which a page that is just loading has better things to do than to wait for (2.5 ms of its first 10).
 */
export const textStore = (open: () => Storage | undefined): TextStore => {
  let opened: { [key: string]: string } | undefined;
  const kept = () => {
    opened ??= allowed(open) ?? (Object.create(null) as { [key: string]: string });
    return opened;
  };
  return {
    get: (key) => kept()[key] ?? null,
    set: (key, value) =>
      allowed(() => {
        kept()[key] = value;
        return true;
      }) ?? false,
    remove(key) {
      delete kept()[key];
    },
    keys: (prefix) =>
      Object.keys(kept())
        .filter((key) => key.startsWith(prefix))
        .sort(),
  };
};

export const browserPlatform = (root: Platform['root'], channelName: string): Platform => ({
  root,
  now: () => Date.now(),
  random: () => nanoid(12),
  local: textStore(() => root.localStorage),
  session: textStore(() => root.sessionStorage),
  locks: allowed(() => root.navigator.locks),
  openChannel: () => allowed(() => new root.BroadcastChannel(channelName)),
});
