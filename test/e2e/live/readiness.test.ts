/** What a page may call before anything is known, and how it learns that something is. */
import { expect, test } from 'vitest';
import { heard, liveWorld } from '../../support/live-world.ts';

const world = liveWorld({ segments: { VIP: { tag: 'VIP' } } });

test('a page waits for ready() and identified(), asked before there is a label or a user', async () => {
  const page = await world.open(world.address({ tag: world.tag('') }));
  await page.evaluate(() => {
    const { _smartico: smartico } = window;
    const order: string[] = [];
    Object.assign(window, { order });
    void smartico.ready().then(() => order.push(`ready ${smartico.checkSuccessfullyIdentify()}`));
    void smartico.identified().then(() => order.push(`identified ${smartico.checkSuccessfullyIdentify()}`));
  });
  const order = () => page.evaluate(() => (window as unknown as { order: string[] }).order);
  await page.evaluate((label) => window._smartico.init(label), world.label.key);
  await expect.poll(order).toEqual(['ready false']);
  await page.evaluate(() => window._smartico.online('ann'));
  await expect.poll(order).toEqual(['ready false', 'identified true']);
});

test('a question that is asked before the user is known is answered when they are', async () => {
  await world.operator.message('ann', 'Hello');
  await world.operator.tag('ann', 'add', ['vip']);
  const page = await world.open(world.address());
  const [answers] = await Promise.all([
    page.evaluate(async () => {
      const { api } = window._smartico;
      return Promise.all([api.checkSegmentMatch('VIP'), api.getInboxUnreadCount(), api.getInboxMessages()]);
    }),
    page.evaluate(() => window._smartico.identify('ann')),
  ]);
  expect(answers).toMatchObject([true, 1, [{ read: false }]]);
});

test('the profile is there at once when the user is known, and its absence is an error before', async () => {
  const page = await world.open(world.address());
  const profile = () =>
    page.evaluate(() => {
      try {
        return window._smartico.api.getUserProfile();
      } catch (cause) {
        return (cause as { code: string }).code;
      }
    });
  expect(await profile()).toBe('not_identified');
  await page.evaluate(() => window._smartico.online('ann'));
  await page.evaluate(() => window._smartico.identified());
  expect(await profile()).toMatchObject({ is_visitor: false, core_public_tags: [] });
  await page.evaluate(() => window._smartico.logout());
  expect(await profile()).toBe('not_identified');
});

test('who subscribes late is told what has happened, once, and who does not want that is not', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  const told = await page.evaluate(async () => {
    const { _smartico: smartico } = window;
    const calls: unknown[] = [];
    for (const key of ['init', 'label_init_completed', 'identify', 'login', 'props_change'])
      smartico.on(key, (...args: unknown[]) => calls.push([key, args[0]]));
    smartico.on('identify', () => calls.push('replayed'), { replay: false });
    await new Promise((resolve) => smartico.on('identify', resolve));
    return calls;
  });
  expect(told).toEqual([
    ['init', 0],
    ['label_init_completed', 0],
    ['identify', 0],
  ]);
});

test('calls that the stub kept while the script was on its way have all happened', async () => {
  const before = `_smartico('suspendPopups', true, { reason: 'cashier' }); _smartico('online', 'ann');
    _smartico('updatePublicTags', 'add', ['vip']); _smartico('setNickname', 'Annie');`;
  const page = await world.open(
    world.address({ stub: true, tag: `<script>${before}</script>${world.tag()}`, after: `_smartico_user_id = 'ann';` }),
  );
  await expect
    .poll(async () => world.operator.customer('ann').then(({ tags, props }) => [tags, props.public_username]))
    .toEqual([['VIP'], 'Annie']);
  expect(await heard(page, 'identify')).toHaveLength(1);
});

test('each place of the page is told once, from the first on', async () => {
  const page = await world.open(world.address());
  const home = page.url();
  await page.evaluate(() => {
    history.pushState(null, '', '/sports');
    history.replaceState(null, '', '/sports');
    location.hash = 'live';
    history.back();
  });
  await expect.poll(async () => (await heard(page, 'page_navigation')).length).toBe(4);
  expect(await heard(page, 'page_navigation')).toMatchObject([
    [{ url: home, prev_url: '', source: 'load' }],
    [{ url: `${world.pages.site}/sports`, prev_url: home, source: 'pushState' }],
    [{ url: `${world.pages.site}/sports#live` }],
    [{ url: `${world.pages.site}/sports` }],
  ]);
});
