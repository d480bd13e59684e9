/**
 * The window properties by which pages speak to the SDK (`_smartico_user_id` and its sisters), before and after load.
 * Hears a change in the same tick through an accessor; where the page made the property its own with `var`, looks once
 * a second and before every event.
 */
const LOOK_EVERY = 1_000;

/**
 * @param changed hears a property's value whenever it is written (where we only look: whenever it is another one), and once at
 *   the start if it is set. The same value again counts: who logged out by a call logs in again by the window.
 * @returns looks at once; call it before anything that depends on the inputs
 */
export const watchInputs = (
  root: { [name: string]: unknown },
  names: string[],
  changed: (name: string, value: unknown) => void,
): (() => void) => {
  const seen = new Map<string, unknown>();
  const hear = (name: string, value: unknown) => {
    if (Object.is(seen.get(name), value)) return;
    seen.set(name, value);
    changed(name, value);
  };
  const plain = names.filter((name) => {
    const own = Object.getOwnPropertyDescriptor(root, name);
    // What stands on a prototype the page has not said.
    hear(name, own && root[name]);
    if (own && !own.configurable) return true;
    Object.defineProperty(root, name, {
      configurable: true,
      enumerable: true,
      get: () => seen.get(name),
      set(value) {
        seen.set(name, value);
        changed(name, value);
      },
    });
    return false;
  });
  const look = () => {
    for (const name of plain) hear(name, root[name]);
  };
  if (plain.length) setInterval(look, LOOK_EVERY);
  return look;
};
