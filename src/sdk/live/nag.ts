/**
 * In debug mode, a call that does not exist is told once with the nearest that does: pages guard invented methods with
 * `?.`, and hear nothing for years.
 */
import type { Tell } from '../notice.ts';

/** Pairs of letters that two names share: enough to find `setUserName` near `setNickname`. */
const likeness = (one: string, other: string): number => {
  const pairs = (text: string) => [...text.toLowerCase()].map((letter, at, all) => letter + (all[at + 1] ?? ''));
  const mine = pairs(one);
  const theirs = pairs(other);
  return mine.filter((pair) => theirs.includes(pair)).length / (mine.length + theirs.length);
};

export const nearest = (name: string, known: string[]): string | undefined =>
  [...known].sort((a, b) => likeness(name, b) - likeness(name, a))[0];

/** Names that tools and the language look up on anything. */
const NO_CALL = /^(then|toJSON|nodeType|tagName|length|q|p|n|[_$@].*)$/;

export const nag = (root: { [name: string]: unknown }, name: string, tell: Tell): void => {
  const smartico = root[name];
  if (typeof smartico !== 'function') return;
  root[name] = new Proxy(smartico, {
    get(own, key, whole) {
      if (typeof key === 'string' && !(key in own) && !NO_CALL.test(key))
        tell('unknown_method', `${name}.${key}: did you mean ${nearest(key, Object.keys(own))}?`);
      return Reflect.get(own, key, whole);
    },
  });
};
