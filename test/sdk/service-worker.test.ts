// @vitest-environment node
import { afterEach, expect, test, vi } from 'vitest';

interface OpenPage {
  frameType: string;
  heard: unknown[];
  focused: boolean;
}
const openPage = (frameType = 'top-level'): OpenPage => ({ frameType, heard: [], focused: false });

afterEach(() => void vi.unstubAllGlobals());

/** The worker in a browser of ours: its registration, its pages, and what it shows and opens. */
const start = async ({ scope = 'https://op.example/_smartico-push', pages = [] as OpenPage[] } = {}) => {
  const hears = new Map<string, (event: object) => void>();
  const shown: unknown[] = [];
  const opened: string[] = [];
  const work: Promise<unknown>[] = [];
  vi.stubGlobal('self', {
    location: { origin: 'https://op.example' },
    registration: { scope, showNotification: async (title: string, options: object) => shown.push([title, options]) },
    clients: {
      matchAll: async () =>
        pages.map((page) => ({
          frameType: page.frameType,
          postMessage: (message: unknown) => page.heard.push(message),
          focus: async () => {
            page.focused = true;
          },
        })),
      openWindow: async (url: string) => opened.push(url),
    },
    addEventListener: (type: string, hear: (event: object) => void) => hears.set(type, hear),
  });
  vi.resetModules();
  await import('../../src/sdk/service-worker.ts');
  const happen = async (type: string, event: object) => {
    hears.get(type)?.({ ...event, waitUntil: (promise: Promise<unknown>) => work.push(promise) });
    await Promise.all(work);
  };
  const close = vi.fn();
  return {
    shown,
    opened,
    close,
    push: (text?: string) => happen('push', { data: text === undefined ? null : { text: () => text } }),
    click: (data: unknown) => happen('notificationclick', { notification: { data, close } }),
  };
};

test('what is pushed is shown, also when it is nothing', async () => {
  const { push, shown } = await start();
  await push(JSON.stringify({ title: 'Welcome', body: 'Hi', action: 'dp:inbox' }));
  await push();
  expect(shown).toEqual([
    ['Welcome', { body: 'Hi', data: { action: 'dp:inbox' } }],
    ['op.example', { body: '', data: { action: '' } }],
  ]);
});

test('a click brings an open page of the site to the front and hands it the link', async () => {
  const [frame, last, other] = [openPage('nested'), openPage(), openPage()];
  const { click, close, opened } = await start({ pages: [frame, last, other] });
  await click({ action: 'dp:inbox' });
  expect([last.heard, last.focused]).toEqual([[{ smartico_dp: 'dp:inbox' }], true]);
  expect([frame.heard, other.heard, opened]).toEqual([[], [], []]);
  expect(close).toHaveBeenCalledOnce();
});

test('where no page is open, a link travels in the address of a new one', async () => {
  const { click, opened } = await start({ scope: 'https://op.example/casino/_acme-push', pages: [openPage('nested')] });
  await click({ action: 'dp:inbox' });
  expect(opened).toEqual(['https://op.example/#_acme_dp=dp%3Ainbox']);
});

test('an address opens in a window of its own: nobody’s page is navigated away', async () => {
  const page = openPage();
  const { click, opened } = await start({ pages: [page] });
  await click({ action: 'https://shop.example/' });
  expect([opened, page]).toEqual([['https://shop.example/'], openPage()]);
});

test.each([null, undefined, {}, 'text', { action: 'javascript:alert(1)' }])(
  'a click on a notification that leads nowhere (%j) shows the site',
  async (data) => {
    const page = openPage();
    const { click } = await start({ pages: [page] });
    await click(data);
    expect([page.focused, page.heard]).toEqual([true, []]);
    const closed = await start();
    await closed.click(data);
    expect(closed.opened).toEqual(['https://op.example/']);
  },
);

test.each(['https://op.example/', 'https://op.example/app', 'https://op.example/push'])(
  'in a registration of the site’s own (%s) it leaves push and clicks to the site',
  async (scope) => {
    const { push, click, shown, opened, close } = await start({ scope });
    await push('{"title":"of another service"}');
    await click({ action: 'dp:inbox' });
    expect([shown, opened, close.mock.calls]).toEqual([[], [], []]);
  },
);
