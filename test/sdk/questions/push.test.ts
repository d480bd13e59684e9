import { expect, test, vi } from 'vitest';
import { smarticoError } from '../../../src/sdk/notice.ts';
import { textStore } from '../../../src/sdk/platform.ts';
import { createPush } from '../../../src/sdk/questions/push.ts';
import { cids } from '../../../src/wire/protocol.ts';
import { scriptedAsk } from '../../support/scripted-ask.ts';

/** What a browser remembers between pages: its answer, its subscription, its store. */
const browser = (permission: NotificationPermission = 'default') => ({
  permission,
  /** What the visitor will press. */
  answer: 'granted' as NotificationPermission,
  subscription: undefined as { endpoint: string; key: string } | undefined,
  subscribed: 0,
  /** Of the worker that is nearest. */
  scope: '/_smartico-push',
  local: textStore(() => undefined),
});
type Browser = ReturnType<typeof browser>;

const open = (
  here: Browser = browser(),
  {
    user = 'ann' as string | null,
    key = 'KEY',
    lacks = {} as object,
    phone = false,
    register = undefined as undefined | (() => Promise<never>),
    waitIdentified = () => Promise.resolve(),
    worker = '/smartico-sw.js',
  } = {},
) => {
  const collector = scriptedAsk();
  collector.always(cids.pushToken, () => ({}));
  const told: string[] = [];
  const links: string[] = [];
  const page = new EventTarget();
  const subscriptionOf = ({ endpoint }: { endpoint: string }) => ({
    endpoint,
    toJSON: () => ({ endpoint, keys: { p256dh: 'p', auth: 'a' } }),
    async unsubscribe() {
      here.subscription = undefined;
    },
  });
  const pushManager = {
    async subscribe({ applicationServerKey }: { applicationServerKey: string }) {
      if (installing.state !== 'activated') throw new DOMException('no active worker');
      if (!applicationServerKey) throw new DOMException('no push service here');
      if (here.subscription && here.subscription.key !== applicationServerKey)
        throw new DOMException('another key', 'InvalidStateError');
      here.subscription ??= { endpoint: `https://push.example/${++here.subscribed}`, key: applicationServerKey };
      return subscriptionOf(here.subscription);
    },
    getSubscription: async () => here.subscription && subscriptionOf(here.subscription),
  };
  const installing = { state: 'installing', onstatechange: undefined as undefined | (() => void) };
  const registered = vi.fn(async (_path: string, _options: object) => {
    setTimeout(() => {
      installing.state = 'activated';
      installing.onstatechange?.();
    });
    return register ? register() : { active: null, installing, waiting: null, pushManager };
  });
  const push = createPush({
    platform: {
      root: {
        isSecureContext: true,
        PushManager: class {},
        Notification: {
          get permission() {
            return here.permission;
          },
          async requestPermission() {
            if (here.permission === 'default') here.permission = here.answer;
            return here.permission;
          },
        },
        navigator: {
          userAgent: phone ? 'Mozilla/5.0 (Linux; Android 15) Mobile' : 'Mozilla/5.0 (X11; Linux x86_64)',
          serviceWorker: Object.assign(page, {
            register: registered,
            getRegistration: async () => ({ scope: `https://op.example${here.scope}`, pushManager }),
          }),
        },
        ...lacks,
      } as never,
      local: here.local,
    },
    name: '_smartico',
    key: 'push',
    ask: collector.ask,
    user: () => user,
    waitIdentified,
    publicKey: async () => key,
    worker: () => worker,
    scriptUrl: (address) => address,
    openLink: (link) => void links.push(link),
    tell: (code, about, cause) =>
      void told.push(`${code}: ${about}`, ...(cause instanceof DOMException ? [cause.message] : [])),
  });
  const hear = (data: unknown) => page.dispatchEvent(new MessageEvent('message', { data }));
  return { ...collector, ...push, told, links, registered, hear };
};

test('A10 requestPushPermissions: permission that is granted becomes a subscription that the collector knows', async () => {
  const { request, asked, told, registered } = open();
  expect(await request()).toBe('allowed');
  expect(asked.map(({ cid, fields }) => [cid, fields])).toEqual([
    [
      cids.pushToken,
      { platform: 0, subscription: { endpoint: 'https://push.example/1', keys: { p256dh: 'p', auth: 'a' } } },
    ],
  ]);
  expect(registered).toHaveBeenCalledWith('/smartico-sw.js', { scope: '/_smartico-push' });
  expect(told).toEqual([]);
});

test('a worker of the page’s own keeps a scope of its own beside the site’s', async () => {
  const { request, registered } = open(browser(), { worker: '/casino/my-sw.js' });
  await request();
  expect(registered).toHaveBeenCalledWith('/casino/my-sw.js', { scope: '/casino/_smartico-push' });
});

test('a phone is a phone', async () => {
  const { request, asked } = open(browser(), { phone: true });
  await request();
  expect(asked[0]?.fields.platform).toBe(8);
});

test.each([
  ['denied', 'blocked', 'the visitor blocked it'],
  ['default', 'ask', 'the visitor closed the question'],
] as const)('A10 push state: permission that is %s is a state and a reason', async (answer, state, reason) => {
  const here = browser();
  here.answer = answer;
  const { request, attach, asked, told } = open(here);
  expect(await request()).toBe(state);
  await attach();
  expect([asked, told]).toEqual([[], [`push_unavailable: ${reason}`]]);
});

test.each([
  ['a page that is not on https', { isSecureContext: false }, /https/],
  ['a browser without notifications', { Notification: undefined }, /no web push/],
  ['a browser without push', { PushManager: undefined }, /no web push/],
  ['a browser without service workers', { navigator: { userAgent: '' } }, /no web push/],
  [
    'a sandboxed frame',
    {
      navigator: {
        userAgent: '',
        get serviceWorker() {
          throw new DOMException('sandboxed');
        },
      },
    },
    /no web push/,
  ],
])('%s is told so', async (_where, lacks, reason) => {
  const { request, attach, told } = open(browser('granted'), { lacks });
  expect(await request()).toBe('unavailable');
  await attach();
  expect(told).toEqual([expect.stringMatching(reason)]);
});

test('a site without the worker’s file is told which one it needs', async () => {
  const { request, told } = open(browser(), { register: () => Promise.reject(new TypeError('404')) });
  expect(await request()).toBe('unavailable');
  expect(told).toEqual([expect.stringContaining('/smartico-sw.js')]);
});

test('a browser that reaches no push service is told with its own words', async () => {
  const { request, told, asked } = open(browser(), { key: '' });
  expect([await request(), told, asked]).toEqual([
    'unavailable',
    ['push_unavailable: no push service', 'no push service here'],
    [],
  ]);
});

test('each user of a browser is told to the collector once', async () => {
  const here = browser();
  await open(here).request();
  const again = open(here);
  await again.attach();
  await again.request();
  expect(again.asked).toEqual([]);
  const other = open(here, { user: 'bob' });
  await other.attach();
  expect(other.asked).toHaveLength(1);
});

test('a second user of a browser gets a subscription of their own: what is sent to the first does not reach them', async () => {
  const here = browser();
  await open(here).request();
  const other = open(here, { user: 'bob' });
  await other.attach();
  expect(other.asked[0]?.fields.subscription).toMatchObject({ endpoint: 'https://push.example/2' });
});

test('a logout ends the user’s subscription, one on its way too; who comes after has one of their own', async () => {
  const here = browser();
  const { request, attach, detach } = open(here);
  await request();
  await detach();
  expect(here.subscription).toBeUndefined();
  await Promise.all([attach(), detach()]);
  expect(here.subscription).toBeUndefined();
  const visitor = open(here, { user: null });
  await visitor.attach();
  expect(visitor.asked[0]?.fields.subscription).toMatchObject({ endpoint: 'https://push.example/3' });
});

test('a logout leaves a subscription of the site’s own alone, and tells what it could not end', async () => {
  const here = browser();
  await open(here).request();
  here.scope = '/';
  await open(here).detach();
  expect(here.subscription).toBeDefined();
  const { detach, told } = open(here, {
    lacks: {
      navigator: { serviceWorker: Object.assign(new EventTarget(), { getRegistration: () => Promise.reject(1) }) },
    },
  });
  await detach();
  expect(told).toEqual(['push_unavailable: the last user’s subscription could not be ended']);
});

test('A10 requestPushPermissions: a visitor’s subscription becomes the user’s at identify', async () => {
  const here = browser();
  const visitor = open(here, { user: null });
  await visitor.request();
  expect(visitor.asked).toHaveLength(1);
  const user = open(here);
  await user.attach();
  expect(user.asked).toHaveLength(1);
});

test('a browser that nobody asked is left alone', async () => {
  const { attach, registered, asked } = open(browser('granted'));
  await attach();
  expect([registered.mock.calls, asked]).toEqual([[], []]);
});

test('what the collector could not be told is told by the next page', async () => {
  const here = browser();
  const first = open(here);
  first.hold(cids.pushToken);
  const state = first.request();
  (await first.question(0)).refuse();
  expect([await state, first.told]).toEqual(['unavailable', [expect.stringContaining('push_unavailable')]]);
  const next = open(here);
  await next.attach();
  expect(next.asked).toHaveLength(1);
});

test('a key that the collector changed is subscribed to anew; any other failure leaves the subscription as it is', async () => {
  const here = browser();
  await open(here).request();
  const { attach, asked } = open(here, { key: 'NEW KEY' });
  await attach();
  expect(asked[0]?.fields.subscription).toMatchObject({ endpoint: 'https://push.example/2' });
  await open(here, { key: '' }).attach();
  expect(here.subscription?.endpoint).toBe('https://push.example/2');
});

test('A10 registerNativePushToken: a native token is the user’s as soon as there is one; one that is none, or never arrives, is told', async () => {
  const { registerNative, asked, told } = open();
  await registerNative('token', 7, 'com.op.app');
  await registerNative(undefined);
  expect(asked.map(({ fields }) => fields)).toEqual([{ token: 'token', platform: 7, package: 'com.op.app' }]);
  const nobody = open(browser(), {
    waitIdentified: () => Promise.reject(smarticoError('not_identified', 'after 10 s')),
  });
  await nobody.registerNative('token');
  expect([...told, ...nobody.told]).toEqual([
    'bad_argument: registerNativePushToken(token)',
    'not_identified: registerNativePushToken',
  ]);
});

test('a click on a notification is a link to run; what other workers say is not', () => {
  const { hear, links } = open();
  hear({ smartico_dp: 'dp:inbox' });
  for (const other of [null, undefined, 'dp:inbox', {}, { smartico_dp: 5 }, [1]]) hear(other);
  expect(links).toEqual(['dp:inbox']);
});
