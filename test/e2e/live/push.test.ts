/**
 * Web push in a real browser with the real collector and a real service worker. Only the push service is not there: a
 * browser without a head reaches none, so the page's subscription is ours and messages arrive by the browser's own tools.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { expectDelivered, sendAll } from '../../support/delivery.ts';
import { liveWorld } from '../../support/live-world.ts';

const world = liveWorld();

/** What a push service would give this browser: a place of its own, and keys that can be used. */
const pushService = (): void => {
  const base64url = (bytes: ArrayBuffer | Uint8Array<ArrayBuffer>) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');
  PushManager.prototype.subscribe = async (options) => {
    const key = `${options?.applicationServerKey}`;
    if (!/^[\w-]{87}$/.test(key)) throw new DOMException(`${key} is no key`, 'InvalidAccessError');
    const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
    const keys = {
      p256dh: base64url(await crypto.subtle.exportKey('raw', publicKey)),
      auth: base64url(crypto.getRandomValues(new Uint8Array(16))),
    };
    const endpoint = 'https://push.example/of-this-browser';
    return { endpoint, toJSON: () => ({ endpoint, keys }) } as unknown as PushSubscription;
  };
};
const body = '<button onclick="window.state = _smartico.requestPushPermissions()">Tell me more</button>';
const pageOf = (user?: string, parts: object = {}): string => {
  world.pages.add(
    `importScripts('${world.network.url}/smartico-sw.js')`,
    { 'content-type': 'text/javascript' },
    '/smartico-sw.js',
  );
  return world.address({ ...(user !== undefined && { user }), body, ...parts });
};
const willing = async (): Promise<BrowserContext> => {
  await world.context.grantPermissions(['notifications']);
  await world.context.addInitScript(pushService);
  return world.context;
};
const click = async (page: Page): Promise<string> => {
  await page.getByRole('button', { name: 'Tell me more' }).click();
  return page.evaluate(() => (window as unknown as { state: Promise<string> }).state);
};
/** Whom the collector would send to, by what became of a message that it sent. */
const reached = async (user: string): Promise<string[]> => {
  const response = await fetch(`${world.collector.url}/v1/customers/${user}/push`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.label.admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Welcome', body: 'A gift' }),
  });
  const { failed } = (await response.json()) as { failed: { endpoint_host: string }[] };
  return failed.map(({ endpoint_host }) => endpoint_host);
};
/**
 * The browser hands a message to the page's worker, as if it came from its push service. Resolves when it is shown: a browser
 * that is asked for its notifications forgets those that it has written down and does not show yet.
 */
const deliver = async (page: Page, data: string): Promise<void> => {
  const devtools = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL }) => scopeURL.endsWith('/_smartico-push'));
      if (ours) resolve(ours.registrationId);
    });
  });
  const displayed = new Promise<void>((resolve) => {
    devtools.on('BackgroundService.backgroundServiceEventReceived', ({ backgroundServiceEvent: { eventName } }) => {
      if (eventName === 'Notification displayed') resolve();
    });
  });
  await devtools.send('ServiceWorker.enable');
  await devtools.send('BackgroundService.startObserving', { service: 'notifications' });
  await devtools.send('BackgroundService.setRecording', { service: 'notifications', shouldRecord: true });
  const registrationId = await registered;
  await devtools.send('ServiceWorker.deliverPushMessage', { origin: world.pages.site, registrationId, data });
  await displayed;
};
const notifications = (page: Page): Promise<{ title: string; body: string; action: string }[]> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration('/_smartico-push');
    const shown = (await registration?.getNotifications()) ?? [];
    return shown.map(({ title, body, data }) => ({ title, body, action: data.action }));
  });

test('a click asks, and the collector knows where to reach the user', async () => {
  await willing();
  const page = await world.open(pageOf('ann'));
  expect(await click(page)).toBe('allowed');
  expect(await reached('ann')).toEqual(['push.example']);
  expect(world.told).toEqual([]);
});

test('a visitor’s subscription is the user’s once they are known', async () => {
  await willing();
  const page = await world.open(pageOf());
  expect(await click(page)).toBe('allowed');
  await page.evaluate(() => window._smartico.online('bob'));
  await expect.poll(() => reached('bob')).toEqual(['push.example']);
});

test('A6 ask_push_permissions: a deep link asks as well', async () => {
  await willing();
  const page = await world.open(pageOf('ann'));
  await page.evaluate(() => window._smartico.dp('dp:ask_push_permissions'));
  await expect.poll(() => reached('ann')).toEqual(['push.example']);
});

test('a visitor who blocked notifications is a state and a reason, and nothing else happens', async () => {
  const page = await world.open(pageOf('ann'));
  expect(await click(page)).toBe('blocked');
  expect(world.told).toEqual([expect.stringContaining('push_unavailable')]);
});

test('a site without the worker’s file is told which one', async () => {
  await willing();
  const page = await world.open(
    pageOf('ann', { tag: world.tag(`data-label="${world.label.key}" data-sw="/none.js"`) }),
  );
  expect(await click(page)).toBe('unavailable');
  expect(world.told).toEqual([expect.stringContaining('/none.js')]);
});

test('a message is shown by the worker, and a click hands its link to the open page', async () => {
  const context = await willing();
  const page = await world.open(pageOf('ann'));
  await click(page);
  await deliver(
    page,
    JSON.stringify({ title: 'Welcome', body: 'A gift', action: 'dp:action&action=Gift', icon: null }),
  );
  expect(await notifications(page)).toEqual([{ title: 'Welcome', body: 'A gift', action: 'dp:action&action=Gift' }]);
  // A notification of a browser without a head cannot be clicked by hand.
  await context.serviceWorkers()[0]?.evaluate(async () => {
    const worker = self as unknown as { registration: ServiceWorkerRegistration };
    const [notification] = await worker.registration.getNotifications();
    self.dispatchEvent(Object.assign(new Event('notificationclick'), { notification, waitUntil: () => {} }));
  });
  await sendAll(page);
  await expectDelivered(world.label, ['login', 'Gift']);
});

test('a message that is no message is shown all the same', async () => {
  await willing();
  const page = await world.open(pageOf('ann'));
  await click(page);
  await deliver(page, '{"title":');
  expect(await notifications(page)).toEqual([{ title: new URL(world.pages.site).host, body: '{"title":', action: '' }]);
});

test('a page under a strict policy with Trusted Types asks without one violation', async () => {
  await willing();
  const { url } = world.network;
  const policy = [
    `default-src 'self' ${url} ${url.replace('http', 'ws')}`,
    `script-src 'unsafe-inline' ${url}`,
    // Of the page of the test itself.
    `img-src data:; style-src 'unsafe-inline'`,
    `worker-src 'self'`,
    `require-trusted-types-for 'script'`,
  ].join('; ');
  const page = await world.open(
    pageOf('ann', {
      headers: { 'content-security-policy': policy },
      before: `window.violations = [];
        document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => { violations.push(violatedDirective); });`,
    }),
  );
  expect(await click(page)).toBe('allowed');
  expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([]);
  expect(world.told).toEqual([]);
});
