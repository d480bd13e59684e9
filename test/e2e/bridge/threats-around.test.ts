/** A platform in somebody else's page: who gets to hear what it does, and what an answer is worth that was not asked for. */
import type { Frame, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { bridgeWorld, connected, type PlatformPage, platformOf } from '../../support/bridge-world.ts';
import { echoing } from '../../support/hand-made-frame.ts';
import { answer, handMadeHost, learned, say } from '../../support/hand-made-host.ts';

const world = bridgeWorld();
const HELLO = '_smartico:hello';
const refused = (origin: string): string => `[smartico] host_refused: data-hosts="${origin}"`;

/** The address of a platform that has something to hide. */
const platform = (parts?: PlatformPage): string =>
  world.platform +
  world.platformPage({
    after: `
      _smartico_inframe.init('${world.label.key}');
      _smartico_inframe.online('ann', '', 'hash-of-ann');
      _smartico_inframe.action('Secret', { amount: 5 });`,
    ...parts,
  });
const open = async (address: string): Promise<Page> => {
  const page = await world.context.newPage();
  await page.goto(address);
  return page;
};
/** The frame has knocked this often. */
const knocks = (host: Page | Frame, often: number): Promise<void> =>
  expect.poll(() => host.evaluate(() => window.answerer.posted.length)).toBeGreaterThanOrEqual(often);

describe('a page that the platform does not list hears nothing but knocking', () => {
  test('a stranger that has the SDK and lists the platform: the platform says which attribute would let it', async () => {
    const page = await open(
      world.stranger +
        world.hostPage(platform(), {
          before: `window.posted = []; addEventListener('message', ({ data }) => posted.push(data));`,
        }),
    );
    const posted = () => page.evaluate(() => (window as unknown as { posted: unknown[] }).posted);
    await expect.poll(async () => (await posted()).length).toBeGreaterThan(5);
    expect(new Set(await posted())).toEqual(new Set([HELLO]));
    expect(await page.evaluate(() => [window._smartico.vapi('en'), window._smartico.getPublicProps()])).toEqual([
      null,
      null,
    ]);
    expect(world.told).toEqual([refused(world.stranger)]);
  });

  test('one whose origin looks like a listed one, or is none, and that answers by hand', async () => {
    const casino = world.platform.replace('//', '//casino.');
    const secure = world.platform.replace('http://', 'https://secure.');
    const path = world.pages.add(handMadeHost(platform({ hosts: [casino, secure, '*', 'null'] }), 1));
    world.neighbour.add(handMadeHost(platform({ hosts: [casino, secure, '*', 'null'] }), 1), {}, path);
    const alike = [
      world.stranger,
      secure.replace('https:', 'http:'),
      casino.replace(/\d+$/, new URL(world.neighbour.site).port),
      casino.replace('casino.', 'www.casino.'),
      casino.replace('casino.', 'mycasino.'),
      casino.replace('localhost', 'localhost.stranger.localhost'),
      casino.replace('localhost', 'localhost.'),
      casino.replace('casino', 'cаsino'), // its second letter is Cyrillic
    ].map((address) => new URL(address).origin);
    const nobody = `data:text/html,${encodeURIComponent(handMadeHost(platform({ hosts: [casino, '*', 'null'] }), 1))}`;
    const hosts = [...alike.map((origin) => origin + path), nobody];
    const page = await open(
      world.host + world.pages.add(hosts.map((address) => `<iframe src="${address}"></iframe>`).join('')),
    );
    for (const host of page.mainFrame().childFrames()) {
      await knocks(host, 3);
      await expect.poll(() => learned(host)).toEqual({ posted: [HELLO], heard: [] });
    }
    await expect
      .poll(() => [...new Set(world.told)].sort())
      .toEqual([...alike.map(refused), '[smartico] host_refused: a sandboxed page has no origin'].sort());
    expect(world.told).toHaveLength(hosts.length);
  });

  test('one between the platform and a page that it lists, which is spoken to past it', async () => {
    const between = world.stranger + world.pages.add(handMadeHost(platform(), 1));
    const page = await open(world.host + world.hostPage(between));
    const host = platformOf(page);
    const [frame] = host.childFrames() as [Frame];
    await connected(frame);
    await page.evaluate(() => window._smartico.identified());
    await expect.poll(() => learned(host)).toEqual({ posted: [HELLO], heard: [] });
    expect(world.told).toEqual([refused(world.stranger)]);
  });

  test('a window of a listed origin that is not around the platform: beside it, or opened by it', async () => {
    const path = world.pages.add(handMadeHost('about:blank'));
    const page = await open(
      world.stranger +
        world.pages.add(
          `<iframe src="${platform({ before: echoing })}"></iframe><iframe src="${world.host + path}"></iframe>`,
        ),
    );
    const [frame, beside] = page.mainFrame().childFrames() as [Frame, Frame];
    const opening = world.context.waitForEvent('page');
    await frame.evaluate((address) => void window.open(address), world.host + path);
    const opened = await opening;
    await opened.waitForLoadState();
    await beside.evaluate(() => window.answerer.answer(window.parent[0] as Window, 1));
    await opened.evaluate(() => window.answerer.answer(window.opener as Window, 1));
    await beside.evaluate(() => window.parent[0]?.postMessage('echo, please', '*'));
    await opened.evaluate(() => window.opener.postMessage('echo, please', '*'));
    await expect.poll(async () => (await learned(beside)).posted).toEqual(['echo']);
    await expect.poll(async () => (await learned(opened)).posted).toEqual(['echo']);
    expect([(await learned(beside)).heard, (await learned(opened)).heard]).toEqual([[], []]);
    expect(world.told).toEqual([]);
  });
});

describe('an answer that is none', () => {
  test.each([
    ['B06: without a port', 0],
    ['B07: with two ports', 2],
  ])('%s: refused and told, nothing is said over it, and a good one is still taken', async (_, ports) => {
    const page = await open(world.host + world.pages.add(handMadeHost(platform())));
    await knocks(page, 1);
    await answer(page, ports);
    await expect.poll(() => world.told).toEqual([`[smartico] host_refused: an answer with ${ports} ports`]);
    await expect.poll(() => learned(page)).toEqual({ posted: [HELLO], heard: [] });
    await answer(page, 1);
    await expect.poll(async () => (await learned(page)).heard[0]).toEqual({ type: 'nonce', nonce: 'by hand' });
  });

  test('B15: to a call that nobody made, or that was answered already, is not heard', async () => {
    const page = await open(world.host + world.pages.add(handMadeHost(platform(), 1)));
    const frame = platformOf(page);
    await expect.poll(async () => (await learned(page)).heard.length).toBeGreaterThan(3);
    for (const strange of [
      { type: 'answer', id: 1_000, value: 'nobody asked' },
      { type: 'refusal', id: 1_001, code: 'made_up', message: 'nobody asked' },
      { type: 'heard', ear: 1_000, args: [] },
      { type: 'taken', id: Number.MAX_SAFE_INTEGER },
      { type: 'answer', id: '1', value: 'of no number' },
      { type: '__proto__', id: 1 },
      { type: 'constructor' },
      { type: 'news', news: null },
      { type: 'made up' },
      [],
    ])
      await say(page, strange);
    const asked = frame.evaluate(() => window._smartico_inframe.losses());
    const ids = async () =>
      (await learned(page)).heard.flatMap((said) => {
        const { method, id } = said as { method?: string; id?: number };
        return method === 'losses' && id ? [id] : [];
      });
    await expect.poll(ids).toHaveLength(1);
    const [id] = await ids();
    for (const value of ['first', 'second']) await say(page, { type: 'answer', id, value });
    await say(page, { type: 'refusal', id, code: 'made_up', message: 'third' });
    expect(await asked).toBe('first');
    expect(world.told).toEqual([]);
  });
});

test.each([
  ['B16: a page that answers the hello and then nothing', 1, []],
  [
    'a page that does not answer at all',
    undefined,
    ['[smartico] no_host: no page around answers (its console may say why); calls wait'],
  ],
])('%s: a question rejects with bridge_timeout, what was done is kept', async (_, ports, told) => {
  const page = await open(world.host + world.pages.add(handMadeHost(platform(), ports)));
  const frame = platformOf(page);
  const code = frame.evaluate(() =>
    window._smartico_inframe.api.checkSegmentMatch('x').then(String, (error: { code: string }) => error.code),
  );
  expect(await code).toBe('bridge_timeout');
  expect(world.told).toEqual([...told, '[smartico] bridge_timeout: api']);
  const kept = await frame.evaluate(() => Object.entries(sessionStorage).map(([, text]) => JSON.parse(text)));
  expect(kept).toMatchObject([{ method: 'action', args: ['Secret', { amount: 5 }] }]);
});
