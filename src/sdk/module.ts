/**
 * The npm entry: `import { smartico } from 'openaction'`. Safe to import on a server, where it is an object that does
 * nothing. In a browser it is the same instance as the script tag's.
 */
import type { Smartico, SmarticoMethods } from './api.ts';
import { createSmartico } from './index.ts';
import { own } from './options.ts';
import { browserPlatform, type Platform } from './platform.ts';
import type { Rooms } from './rooms.ts';
import { scriptUrls } from './script-url.ts';
import type { Stub } from './stub-calls.ts';

export type * from './api.ts';
export type * from './customer-api.ts';
export type { Diagnosis } from './doctor/diagnosis.ts';
export type { SmarticoError } from './notice.ts';

type Promised = {
  [Name in keyof SmarticoMethods]: SmarticoMethods[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof SmarticoMethods];

/** On a server: every call of the browser's, and none does anything; what is a promise there is one here. */
const inert = (): Smartico => {
  const quiet = () => undefined;
  const done = async () => {};
  // What waits for the user never comes there: a server renders before anybody is identified.
  const never = () => new Promise<never>(() => {});
  const answers: Pick<SmarticoMethods, Promised> & { [method: string]: unknown } = {
    flush: async () => ({ stored: 0, duplicate: 0, rejected: 0, pending: 0 }),
    receipts: async () => ({ recent: [], dead: [], pending: 0 }),
    losses: async () => ({}),
    doctor: async () => ({
      verdict: 'no_browser',
      says: 'This is a server: calls do nothing here.',
      todo: 'The site: send events of a server to the collector itself (README, "Sending from a server").',
      also: [],
      facts: {},
    }),
    online: done,
    identify: done,
    ready: never,
    identified: never,
    showWidget: done,
    miniGame: done,
    gamificationBlock: done,
    showBanner: done,
    sendDataToBanner: done,
    showVisitorGame: done,
    convertVisitorGame: done,
    requestPushPermissions: async () => 'unavailable',
    registerNativePushToken: done,
    checkSuccessfullyIdentify: () => false,
    getPublicProps: () => null,
    vapi: () => null,
    isMobile: () => false,
    parseUrl: () => ({}),
    parseUrlHash: () => ({}),
    on: () => quiet,
    api: new Proxy({}, { get: (_, call) => (call === 'then' ? undefined : never) }),
    version: 'server',
  };
  const of = (name: string | symbol) =>
    typeof name === 'symbol' || name === 'then' ? undefined : Object.hasOwn(answers, name) ? answers[name] : quiet;
  return new Proxy(quiet as unknown as Smartico, {
    get: (_, name) => of(name),
    apply: (_, _this, [method, ...args]) => (of(method) as (...args: unknown[]) => unknown)(...args),
  });
};

/** A bundler makes files of the site's own of them. */
const modules = {
  live: () => import('./live/room.ts'),
  api: () => import('./questions/room.ts'),
  ui: () => import('./ui/room.ts'),
  frames: () => import('./frames/room.ts'),
  publisher: () => import('./publisher/room.ts'),
  doctor: () => import('./doctor/room.ts'),
};
const rooms = (root: Platform['root']): Rooms => ({
  load: (room) => modules[room]() as never,
  scriptUrl: scriptUrls(root, '_smartico'),
});

const install = (root: Platform['root']): Smartico => {
  const present = root._smartico as Smartico | undefined;
  if (present?.version) return present;
  const stub = (present as Stub | undefined) ?? {};
  const made = createSmartico(browserPlatform(root, '_smartico'), '_smartico', own(), stub, rooms(root));
  root._smartico = made;
  return made;
};

export const smartico: Smartico = /* @__PURE__ */ (() =>
  typeof window === 'undefined' ? inert() : install(window as never))();
