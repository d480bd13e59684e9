/**
 * JSON both ways, whatever the page and its storage put in front of us.
 */

// As they are now: what the page makes of them later is the page's.
const { parse, stringify: write } = JSON;
type Replace = (this: unknown, key: string, value: unknown) => unknown;

/** A text from storage is as untrusted as a URL: anything that is not JSON is `null`. */
export const parseJson = (text: string | null): unknown => {
  try {
    return parse(text as string);
  } catch {
    return null; // another script's writing, or a row cut short: the caller takes it for empty
  }
};

/** JSON without the page's patches: Prototype.js gives all arrays a `toJSON` that turns them into strings. */
export const stringify = (value: unknown, replace?: Replace): string => {
  const [lists, objects] = [Array.prototype, Object.prototype] as { toJSON?: unknown }[];
  // Lists have what objects have.
  if (!lists?.toJSON) return write(value, replace);
  return write(value, function (this: { [key: string]: unknown }, key, made) {
    const own = this[key];
    const patched = own && [lists.toJSON, objects?.toJSON].includes((own as { toJSON?: unknown }).toJSON);
    const kept = patched ? own : made;
    return replace ? replace.call(this, key, kept) : kept;
  });
};

/** The same for a value that JSON refuses: BigInt as digits, functions and symbols by their kind, an object inside itself as `[cycle]`. */
export const stringifyAny = (
  value: unknown,
  ofFunction: (it: (...args: unknown[]) => unknown) => string = () => '[function]',
): string => {
  const above: unknown[] = [];
  return stringify(value, function (_key, inner) {
    const type = typeof inner;
    if (type === 'bigint') return String(inner);
    if (type === 'symbol') return '[symbol]';
    if (typeof inner === 'function') return ofFunction(inner as never);
    if (!inner || type !== 'object') return inner;
    while (above.length && above[above.length - 1] !== this) above.pop();
    if (above.includes(inner)) return '[cycle]';
    above.push(inner);
    return inner;
  });
};
