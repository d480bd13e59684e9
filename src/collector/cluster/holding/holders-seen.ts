/**
 * What the keys of the holders' bucket say: who is there, and who holds which label. Keys end by themselves at the servers,
 * where nobody is told of it; so each counts here for as long as it can have lasted, by the time that passes here.
 */
import { fromToken, toToken } from '../names.ts';

/** A collector that is there, and the labels of its config. */
export interface Present {
  labels: string[];
}
/** `null`: who held it has let it go. */
export interface Held {
  by: string | null;
}

export const presentKey = (id: string): string => `present.${toToken(id)}`;
export const heldKey = (label: string): string => `held.${toToken(label)}`;

export interface SeenHolder extends Held {
  /** Of the key, which whoever changes it must know. */
  place: number;
}

export interface HoldersSeen {
  /** A key was written, by whomever; what is older than what is known of it is nothing new. */
  take(key: string, place: number, value: string): void;
  /** Collectors that are there and have the label. */
  presentFor(label: string): string[];
  /** `undefined` where the key has ended. */
  holderOf(label: string): SeenHolder | undefined;
  /** The key is known to have ended. */
  ended(label: string): void;
}

/** @param lastsMs how long a key lasts that is not written again */
export const holdersSeen = (passed: () => number, lastsMs: number): HoldersSeen => {
  const present = new Map<string, Present & { at: number }>();
  const held = new Map<string, SeenHolder & { at: number }>();
  const lasts = ({ at }: { at: number }): boolean => passed() - at < lastsMs;
  return {
    take(key, place, value) {
      const [kind, token = ''] = key.split('.');
      const name = fromToken(token);
      if (kind === 'present') present.set(name, { ...(JSON.parse(value) as Present), at: passed() });
      if (kind !== 'held' || (held.get(name)?.place ?? 0) > place) return;
      held.set(name, { ...(JSON.parse(value) as Held), place, at: passed() });
    },
    presentFor(label) {
      for (const [id, one] of present) if (!lasts(one)) present.delete(id);
      return [...present].filter(([, { labels }]) => labels.includes(label)).map(([id]) => id);
    },
    holderOf(label) {
      const holder = held.get(label);
      return holder && lasts(holder) ? holder : undefined;
    },
    ended: (label) => void held.delete(label),
  };
};
