/**
 * The npm entry: `import { smartico } from 'openaction'`. Safe to import on a server, where it is an object that does
 * nothing. In a browser it is the same instance as the script tag's.
 */
import type { Smartico } from './api.ts';
import { createSmartico, type Stub } from './index.ts';
import { browserPlatform, type Platform } from './platform.ts';

export type * from './api.ts';
export type { SmarticoError } from './notice.ts';

const inert = (): Smartico => {
  const nothing = async () => ({});
  const quiet = () => undefined;
  return Object.assign(quiet, {
    init: quiet,
    action: quiet,
    event: quiet,
    online: nothing,
    identify: nothing,
    logout: quiet,
    dp: quiet,
    setLoginEntry: quiet,
    setEntryPoint: quiet,
    flush: async () => ({ stored: 0, duplicate: 0, rejected: 0, pending: 0 }),
    receipts: async () => ({ recent: [], dead: [], pending: 0 }),
    losses: nothing,
    version: 'server',
  }) as never;
};

const install = (root: Platform['root']): Smartico => {
  const present = root._smartico as Smartico | undefined;
  if (present?.version) return present;
  const made = createSmartico(browserPlatform(root, '_smartico'), '_smartico', {}, (present as Stub | undefined) ?? {});
  root._smartico = made;
  return made;
};

export const smartico: Smartico = typeof window === 'undefined' ? inert() : install(window as never);
