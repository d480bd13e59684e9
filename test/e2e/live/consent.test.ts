/** Before the visitor has agreed nothing is stored and nobody is told; when they refuse, nothing stays. */
import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { act, expectDelivered, saidByPage, sendAll } from '../../support/delivery.ts';
import { expectHeard, identified, liveWorld } from '../../support/live-world.ts';

const world = liveWorld({ honorGpc: true });
let asked: string[];
beforeEach(() => {
  asked = [];
  world.context.on('request', (request) => asked.push(request.url()));
  world.context.on('page', (page) => page.on('websocket', (socket) => asked.push(socket.url())));
});

const required = () => world.tag(`data-label="${world.label.key}" data-consent="required"`);
/** Everything a browser can keep, a database with its number of rows; and who was told. */
const traces = async (page: Page) => ({
  kept: await page.evaluate(async () => {
    const rowsOf = (name: string) =>
      new Promise<string[]>((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = async () => {
          const { result: database } = opening;
          const counts = Array.from(database.objectStoreNames, (store) => {
            const counting = database.transaction(store).objectStore(store).count();
            return new Promise<string>((counted) => {
              counting.onsuccess = () => counted(`${name} ${counting.result}`);
            });
          });
          resolve(await Promise.all(counts));
          database.close();
        };
      });
    const databases = await indexedDB.databases();
    return [
      ...[localStorage, sessionStorage].flatMap((store) => Object.keys(store)),
      ...(await Promise.all(databases.map(({ name = '' }) => rowsOf(name)))).flat(),
      ...(await caches.keys()),
      ...document.cookie.split(';').filter(Boolean),
    ];
  }),
  asked: asked
    .filter((url) => new URL(url).host === new URL(world.network.url).host)
    .map((url) => new URL(url).pathname),
});
const use = (page: Page) =>
  page.evaluate(() => {
    const { _smartico: smartico } = window;
    smartico.action('before consent', { amount: 5 });
    void smartico.online('ann');
    smartico.action('as ann');
    smartico.updatePublicTags('add', ['vip']);
    smartico.suspendPopups(true);
    smartico.setEntryPoint('BANNER');
    smartico.dp('dp:inbox');
  });
/** Long enough for anything that is done after the page's own work. */
const rest = (page: Page) => page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));

test('before consent there is no trace on the device and none on the network', async () => {
  const page = await world.open(`${world.address({ tag: required() })}#_smartico_dp=dp:action&action=LINK`);
  await use(page);
  await rest(page);
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  await rest(page);
  expect(await traces(page)).toEqual({ kept: [], asked: ['/smartico.js'] });
});

test('with consent what was done before it is told, with its own time and user', async () => {
  const page = await world.open(world.address({ tag: required() }));
  await use(page);
  const agreed = await page.evaluate(() => {
    window._smartico.consent(true);
    return Date.now();
  });
  await identified(page);
  await expectHeard(page, 'login', 1);
  await sendAll(page);
  await expectDelivered(world.label, [
    ...['before consent', 'as ann', 'core_public_tags_update', 'core_set_last_login_entry', 'login'],
  ]);
  const events = (await world.label.events()).filter(({ event_type }) => event_type === 'client_action');
  expect(events.map(({ user_ext_id, payload }) => [payload.client_action, user_ext_id])).toEqual([
    ['before consent', null],
    ['as ann', 'ann'],
  ]);
  expect(events.every(({ event_date }) => event_date <= agreed)).toBe(true);
  await page.reload();
  await act(page, 'on the next page');
  await sendAll(page);
  await expect.poll(async () => (await saidByPage(world.label)).length).toBe(5);
});

test('a refusal purges what was kept and ends what was open, and the next page is as refused as this', async () => {
  const page = await world.open(world.address({ tag: required() }));
  await page.evaluate(async () => {
    window._smartico.consent(true);
    await window._smartico.online('ann');
  });
  world.network.set('cut');
  await act(page, 'waits');
  const closed = page.waitForFunction(() => !window._smartico.checkSuccessfullyIdentify());
  await page.evaluate(() => window._smartico.consent(false));
  await closed;
  const send = () => world.operator.send('ann', { kind: 'inbox', title: 'For nobody', body: 'at home' });
  await expect.poll(async () => (await send()).delivered).toBe(0);
  world.network.heal();
  asked.length = 0;
  await page.reload();
  await act(page, 'refused');
  await use(page);
  await page.evaluate(() => window._smartico.flush());
  await rest(page);
  // The refusal itself, and an empty database.
  const kept = ['_smartico:consent', `_smartico:${world.label.key}: 0`];
  await expect.poll(() => traces(page)).toEqual({ kept, asked: ['/smartico.js'] });
  expect((await world.label.events()).map(({ payload }) => payload.client_action)).not.toContain('waits');
});

test('a refusal in one tab is one in the other', async () => {
  const home = world.address({ user: 'ann' });
  const [page, other] = [await world.open(home), await world.open(home)];
  await expectDelivered(world.label, ['login']);
  await page.evaluate(() => window._smartico.consent(false));
  await expect.poll(() => other.evaluate(() => window._smartico.checkSuccessfullyIdentify())).toBe(false);
  const before = (await saidByPage(world.label)).length;
  await act(other, 'refused');
  await other.evaluate(() => window._smartico.flush());
  expect(await saidByPage(world.label)).toHaveLength(before);
});

test('a browser that says no for its user is heard by a page and by a label that want to', async () => {
  const context = await world.newContext();
  await context.setExtraHTTPHeaders({ 'sec-gpc': '1' });
  await context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  const gpc = world.tag(`data-label="${world.label.key}" data-gpc="honor"`);
  for (const tag of [gpc, world.tag()]) {
    const page = await context.newPage();
    await page.goto(world.address({ tag }));
    await act(page, 'refused');
    await page.evaluate(() => window._smartico.flush());
    expect(await world.label.events()).toEqual([]);
  }
});
