/**
 * The face of the SDK: an open object that is also a function, so that `x.action('A')` and `x('action', 'A')` are one call.
 */
import type { Smartico, SmarticoMethods } from './api.ts';
import type { Tell } from './notice.ts';

export const callable = (methods: SmarticoMethods, tell: Tell): Smartico => {
  const smartico = (method: string, ...args: unknown[]): unknown => {
    const called = Object.hasOwn(smartico, method) && (smartico as never as { [name: string]: unknown })[method];
    if (typeof called === 'function') return called(...args);
    tell('unknown_method', `There is no method "${method}".`, { key: method });
  };
  return Object.assign(smartico, methods) as never;
};
