/**
 * The window properties by which pages speak to the SDK (`_smartico_user_id` and its sisters), before and after load.
 * Hears a change in the same tick through an accessor; where the page made the property its own with `var`, looks once
 * a second and before every event.
 */
import type { Platform } from './platform.ts';

export interface WindowInputs {
  /** The input now, e.g. `read('user_id')`. */
  read(name: string): unknown;
  /** Looks at once; call it before anything that depends on the inputs. */
  look(): void;
  stop(): void;
}

const LOOK_EVERY = 1_000;

/** @param prefix e.g. `_smartico_`; `changed` hears an input's name and value, once at the start if it is set */
export const watchInputs = (
  { root }: Platform,
  prefix: string,
  names: string[],
  changed: (name: string, value: unknown) => void,
): WindowInputs => {
  const seen = new Map<string, unknown>();
  const undo: (() => void)[] = [];
  const plain: string[] = [];
  const hear = (name: string, value: unknown) => {
    if (Object.is(seen.get(name), value)) return;
    seen.set(name, value);
    changed(name, value);
  };

  for (const name of names) {
    const key = prefix + name;
    const own = Object.getOwnPropertyDescriptor(root, key);
    if (own && !own.configurable) {
      plain.push(name);
      continue;
    }
    seen.set(name, root[key]);
    Object.defineProperty(root, key, {
      configurable: true,
      enumerable: true,
      get: () => seen.get(name),
      set: (value) => hear(name, value),
    });
    undo.push(() =>
      Object.defineProperty(root, key, { configurable: true, enumerable: true, writable: true, value: seen.get(name) }),
    );
  }
  const look = () => {
    for (const name of plain) hear(name, root[prefix + name]);
  };
  if (plain.length) {
    const timer = setInterval(look, LOOK_EVERY);
    undo.push(() => clearInterval(timer));
  }
  for (const name of names) if (seen.get(name) !== undefined) changed(name, seen.get(name));
  look();
  return {
    read: (name) => root[prefix + name],
    look,
    stop() {
      for (const one of undo) one();
    },
  };
};
