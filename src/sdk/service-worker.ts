/**
 * Bundle entry of the push service worker: shows what is pushed, and takes a click to a page of the site. It may share a
 * file with a worker of the site's own, so it does nothing outside the registration that the SDK made.
 */
import { destinationOf, PUSH_SCOPE, readNotification } from './notification.ts';

interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}
interface OpenPage {
  /** `nested` in a frame. */
  frameType: string;
  postMessage(message: object): void;
  focus(): Promise<unknown>;
}
/** What is used of a worker's global: the compiler of this room knows a page's. */
interface WorkerScope {
  location: { origin: string };
  registration: ServiceWorkerRegistration;
  clients: {
    /** The page that was in front last comes first. */
    matchAll(which: { type: 'window'; includeUncontrolled: true }): Promise<OpenPage[]>;
    openWindow(url: string): Promise<unknown>;
  };
  addEventListener(type: 'push', hear: (event: Lasting & { data: { text(): string } | null }) => void): void;
  addEventListener(
    type: 'notificationclick',
    hear: (event: Lasting & { notification: { data: unknown; close(): void } }) => void,
  ): void;
}

const worker = self as unknown as WorkerScope;
const { registration, clients } = worker;
const site = worker.location.origin;
const [last = ''] = registration.scope.split('/').slice(-1);
const name = last.endsWith(PUSH_SCOPE) && last.slice(0, -PUSH_SCOPE.length);

const go = async (action: string, name: string): Promise<unknown> => {
  const { link, open } = destinationOf(action, site, name);
  const pages = link === undefined ? [] : await clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find(({ frameType }) => frameType !== 'nested');
  if (!page) return clients.openWindow(open);
  if (link) page.postMessage({ smartico_dp: link });
  return page.focus();
};

if (name) {
  worker.addEventListener('push', (event) => {
    const { title, options } = readNotification(event.data?.text() ?? '', site);
    event.waitUntil(registration.showNotification(title, options));
  });
  worker.addEventListener('notificationclick', (event) => {
    const { notification } = event;
    notification.close();
    event.waitUntil(go(`${Object(notification.data).action ?? ''}`, name));
  });
}
