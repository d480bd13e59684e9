/**
 * A caller's payload as JSON text, whatever it is. What JSON cannot say is repaired and told, so that the event itself
 * is never lost over it.
 */

export type PayloadText = {
  text: string;
  /** What was repaired, as a sentence; absent when nothing was. */
  repaired?: string;
};

/** JSON without the page's patches: Prototype.js and old MooTools give arrays a `toJSON` that turns them into strings. */
export const stringify = (
  value: unknown,
  replace?: (this: unknown, key: string, value: unknown) => unknown,
): string => {
  const lists = Array.prototype as { toJSON?: unknown };
  const patch = Object.getOwnPropertyDescriptor(lists, 'toJSON');
  if (patch?.configurable) delete lists.toJSON;
  try {
    return JSON.stringify(value, replace);
  } finally {
    if (patch?.configurable) Object.defineProperty(lists, 'toJSON', patch);
  }
};

/** BigInt as digits, functions and symbols as their kind, and an object inside itself as `[cycle]`. */
const repaired = (value: unknown): string => {
  const above: unknown[] = [];
  return stringify(value, function (_key, inner) {
    if (typeof inner === 'bigint') return String(inner);
    if (typeof inner === 'function' || typeof inner === 'symbol') return `[${typeof inner}]`;
    if (typeof inner !== 'object' || inner === null) return inner;
    while (above.length && above[above.length - 1] !== this) above.pop();
    if (above.includes(inner)) return '[cycle]';
    above.push(inner);
    return inner;
  });
};

export const payloadText = (payload: object): PayloadText => {
  try {
    for (const value of Object.values(payload))
      if (typeof value === 'function' || typeof value === 'symbol') throw typeof value;
    return { text: stringify(payload) };
  } catch {
    // A cycle, a BigInt, a function: the second look keeps the rest and says what it changed.
  }
  try {
    return { text: repaired(payload), repaired: 'holds a cycle, a BigInt, a function or a symbol' };
  } catch (cause) {
    return { text: '{}', repaired: `cannot be read: ${cause}` }; // a getter or toJSON of the page's own threw
  }
};
