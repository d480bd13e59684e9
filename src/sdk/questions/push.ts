/**
 * Web push to this browser: permission from a click, a subscription of the page's own service worker, and the collector
 * told of it once for each user. Whatever stands in the way is told with what to do; no call of this room rejects.
 */
import { ADDRESS_LENGTH } from '../../wire/limits.ts';
import { cids } from '../../wire/protocol.ts';
import type { PushState } from '../api.ts';
import type { Ask } from '../live/live.ts';
import type { SmarticoError, Tell } from '../notice.ts';
import { PUSH_SCOPE } from '../notification.ts';
import type { Platform } from '../platform.ts';
import { textOf } from '../text.ts';

const states = { granted: 'allowed', default: 'ask', denied: 'blocked' } as const;
/** Published numbers of the browsers that a page can be in. */
const DESKTOP = 0;
const PHONE = 8;
/** Remembered while the collector knows nothing of a wish for push: the next page tells it. */
const UNTOLD = '-';

export interface PushNeeds {
  platform: Pick<Platform, 'root' | 'local'>;
  /** Of the global: `_smartico`. */
  name: string;
  /** Under which the store remembers whom the collector was told of. */
  key: string;
  ask: Ask;
  /** The last user given; `null` for a visitor. */
  user(): string | null;
  /** Resolves when the user is identified; rejects `not_identified` after 10 s. */
  waitIdentified(): Promise<unknown>;
  /** `PUSH_PUBLIC_KEY`, once the label is set up; empty where push is off. */
  publicKey(): Promise<string>;
  /** The path of the page's own service worker, `/smartico-sw.js` by default. */
  worker(): string;
  /** A script's address as a page under Trusted Types takes it. */
  scriptUrl(address: string): string;
  /** Runs a deep link, as `dp()` does. */
  openLink(link: string): void;
  tell: Tell;
}

export interface PushRoom {
  /** Asks the browser's permission, from a click. */
  request(): Promise<PushState>;
  /** The collector knows who this is: the subscription of this browser is theirs now. */
  attach(): Promise<void>;
  /** Nobody is known here any more: what is sent to the last user must not reach this browser. */
  detach(): Promise<void>;
  registerNative(token: unknown, platform?: unknown, application?: unknown): Promise<void>;
}

const workersOf = (navigator: Navigator): ServiceWorkerContainer | undefined => {
  try {
    return navigator.serviceWorker;
  } catch {
    return undefined; // a sandboxed frame may not even look; `request` says that there is none
  }
};

/** Without a worker that is active nothing can be subscribed; `ready` would wait for one of the page's own scope. */
const activated = (registration: ServiceWorkerRegistration): Promise<ServiceWorkerRegistration> =>
  new Promise((resolve) => {
    const { active, installing, waiting } = registration;
    const coming = active ? undefined : (installing ?? waiting);
    if (!coming) return resolve(registration);
    coming.onstatechange = () => /^activ|redundant/.test(coming.state) && resolve(registration);
  });

export const createPush = (needs: PushNeeds): PushRoom => {
  const { platform, name, key, ask, user, waitIdentified, publicKey, worker, scriptUrl, openLink, tell } = needs;
  const { root, local } = platform;
  const { navigator, Notification } = root;
  const workers = workersOf(navigator);
  const { userAgent } = navigator;

  /** A click on a notification, heard from the worker. */
  workers?.addEventListener('message', ({ data }) => {
    const { smartico_dp } = Object(data);
    if (typeof smartico_dp === 'string') openLink(smartico_dp);
  });

  const scopeOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1) + name + PUSH_SCOPE;
  /** One step after another: what one user gives up is not what the next one gets. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <Outcome>(step: () => Promise<Outcome>): Promise<Outcome> => {
    const done = turn.then(step);
    turn = done;
    return done;
  };
  const unsubscribe = async ({ pushManager }: ServiceWorkerRegistration) =>
    (await pushManager.getSubscription())?.unsubscribe();
  const subscribe = async (registration: ServiceWorkerRegistration, applicationServerKey: string) => {
    const { pushManager } = registration;
    const options = { userVisibleOnly: true, applicationServerKey };
    try {
      return await pushManager.subscribe(options);
    } catch (cause) {
      if ((cause as Error).name !== 'InvalidStateError') throw cause;
      // A subscription to a key that the collector had before stands in the way.
      await unsubscribe(registration);
      return pushManager.subscribe(options);
    }
  };
  /** Subscribes, which changes nothing for who is subscribed, and tells the collector what it does not know. */
  const share = async (): Promise<PushState> => {
    const path = worker();
    let step = `no service worker at ${path}: a file there that imports the collector's smartico-sw.js`;
    try {
      local.set(key, local.get(key) ?? UNTOLD);
      const registration = await activated(await workers!.register(scriptUrl(path), { scope: scopeOf(path) }));
      step = 'no push service';
      const [, former] = /^(.*) /s.exec(local.get(key) ?? '') ?? [];
      // A browser that two people share: what is sent to the first must not reach the second.
      if (former && user() && former !== user()) await unsubscribe(registration);
      const subscription = await subscribe(registration, await publicKey());
      step = 'the collector does not know yet';
      const told = `${user() ?? ''} ${subscription.endpoint}`;
      if (local.get(key) !== told) {
        await ask(cids.pushToken, {
          subscription: subscription.toJSON(),
          platform: /Mobi/.test(userAgent) ? PHONE : DESKTOP,
        });
        local.set(key, told);
      }
      return 'allowed';
    } catch (cause) {
      tell('push_unavailable', step, cause);
      return 'unavailable';
    }
  };

  const giveUp = async (): Promise<void> => {
    try {
      const scope = scopeOf(worker());
      const registration = await workers?.getRegistration(scope);
      // Where ours is not registered, the nearest is the site's own.
      if (registration?.scope.endsWith(scope)) await unsubscribe(registration);
    } catch (cause) {
      tell('push_unavailable', 'the last user’s subscription could not be ended', cause);
    }
  };

  return {
    async request() {
      const lacking = !root.isSecureContext
        ? 'not on https'
        : !(workers && Notification && root.PushManager) && 'no web push in this browser';
      if (lacking) {
        tell('push_unavailable', lacking);
        return 'unavailable';
      }
      // At once: some browsers ask only while the click lasts.
      const state = states[await Notification.requestPermission()];
      if (state === 'allowed') return inTurn(share);
      tell('push_unavailable', state === 'blocked' ? 'the visitor blocked it' : 'the visitor closed the question');
      return state;
    },
    async attach() {
      if (local.get(key) !== null && Notification?.permission === 'granted') await inTurn(share);
    },
    detach: () => inTurn(giveUp),
    async registerNative(given, number, application) {
      const token = textOf(given, ADDRESS_LENGTH);
      if (!token) return tell('bad_argument', 'registerNativePushToken(token)');
      try {
        await waitIdentified();
        await ask(cids.pushToken, { token, platform: number, package: application });
      } catch (cause) {
        tell((cause as SmarticoError).code, 'registerNativePushToken', cause);
      }
    },
  };
};
