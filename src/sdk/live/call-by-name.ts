/**
 * Calls of the published interface that the core hands on by name. One that is not among ours opens a game or a banner,
 * another product's: told, and rejected.
 */
import { smarticoError, type Tell } from '../notice.ts';
import type { Live } from './live.ts';

export const callByName =
  (ours: { [method: string]: ((...args: never[]) => unknown) | undefined }, tell: Tell): Live['call'] =>
  (method, args) => {
    const call = ours[method];
    if (call) return call(...args);
    tell('not_available', method);
    throw smarticoError('not_available', method);
  };
