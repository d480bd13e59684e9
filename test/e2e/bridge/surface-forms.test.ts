/** How a platform may call: as a function, before the script has come, under a name of its own, and by mistake. */
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import type { Smartico } from '../../../src/sdk/api.ts';
import { actInFrame, begin, bridgeWorld, platformOf } from '../../support/bridge-world.ts';
import { expectDelivered } from '../../support/delivery.ts';
import { eventsNamed } from '../../support/live-world.ts';

const world = bridgeWorld();
let stub: string;
beforeAll(async () => {
  const file = await readFile(new URL('../../../dist/stub.js', import.meta.url), 'utf8');
  stub = file.replace(/"_smartico"\)/, '"_smartico_inframe")');
});
const inframe = (attributes = '') =>
  `<script src="${world.network.url}/smartico_inframe.js" data-hosts="${world.host}" ${attributes}></script>`;

test('the function and the method are one call', async () => {
  const { frame } = await world.openBoth();
  const counts = await frame.evaluate((label) => {
    const { _smartico_inframe: smartico } = window;
    smartico('init', label);
    smartico('action', 'by name', { amount: 5 });
    smartico.action('by method');
    return smartico('flush');
  }, world.label.key);
  expect(counts).toMatchObject({ pending: 0 });
  await expectDelivered(world.label, ['by name', 'by method']);
  expect(await eventsNamed(world, 'by name')).toMatchObject([{ payload: { amount: 5 } }]);
});

test('a plain queue is drained in order, once, and one call that throws stops none after it', async () => {
  const before = `
    window._smartico_inframe = (method, ...args) => { _smartico_inframe.q.push([method, args]); };
    _smartico_inframe.q = [];
    _smartico_inframe('init', '${world.label.key}');
    _smartico_inframe('online', '');
    _smartico_inframe('online', 'ann');
    _smartico_inframe('action', 'first');
    _smartico_inframe('action', 'second');`;
  await world.openBoth(undefined, { before });
  await expectDelivered(world.label, ['first', 'second']);
  expect(await eventsNamed(world, 'first', 'second')).toMatchObject([
    { user_ext_id: 'ann', payload: { client_action: 'first' } },
    { user_ext_id: 'ann', payload: { client_action: 'second' } },
  ]);
  expect(world.told).toEqual([expect.stringContaining('empty_user_id: online')]);
});

const callEarly = ({ label }: typeof world) => `
  _smartico_inframe('init', '${label.key}');
  _smartico_inframe('action', 'early', { amount: 5 });
  _smartico_inframe('dp', 'dp:action&action=link');
  _smartico_inframe('online', 'ann');`;

test('the paste-in stub keeps an action on disk before the script is there, and it is delivered once', async () => {
  const platform = world.platformPage({
    before: `window._smartico_inframe_allow_localhost = true;${stub};${callEarly(world)}`,
    tag: '<script>window.rows = Object.keys(localStorage).filter((key) => key.startsWith("_smartico_inframe"));</script>',
  });
  const page = await world.context.newPage();
  await page.goto(world.host + world.hostPage(world.platform + platform));
  const frame = platformOf(page);
  await expect.poll(() => frame.evaluate(() => (window as unknown as { rows: string[] }).rows?.length)).toBe(1);
  await frame.evaluate(
    ([src, hosts]) => {
      const script = Object.assign(document.createElement('script'), { src });
      script.dataset.hosts = hosts;
      document.head.append(script);
    },
    [`${world.network.url}/smartico_inframe.js`, world.host],
  );
  await expectDelivered(world.label, ['early', 'link']);
  expect(await frame.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)])).toEqual([]);
  await actInFrame(frame, 'later');
  await expectDelivered(world.label, ['early', 'link', 'later']);
  const [early, later] = await eventsNamed(world, 'early', 'later');
  expect(early).toMatchObject({ source: 'bridge', frame: world.platform, payload: { amount: 5 }, seq: 1 });
  expect(later).toMatchObject({ page_id: early?.page_id, seq: 2 });
});

test('what a stub kept of an earlier document is delivered by the next, once', async () => {
  const before = `window._smartico_inframe_allow_localhost = true;${stub};`;
  const left = world.platformPage({ before: `${before}_smartico_inframe('action', 'left');`, tag: '' });
  const next = world.platformPage({ before, after: begin(world, 'ann') });
  const page = await world.context.newPage();
  await page.goto(world.host + world.hostPage(world.platform + left));
  await platformOf(page).waitForFunction(() => localStorage.length === 1);
  await platformOf(page).goto(world.platform + next);
  await expectDelivered(world.label, ['left']);
  await platformOf(page).goto(world.platform + next);
  await actInFrame(platformOf(page), 'again');
  await expectDelivered(world.label, ['left', 'again']);
});

test('the script a second time does nothing, and says so', async () => {
  const { frame } = await world.openBoth(undefined, { tag: inframe() + inframe(), after: begin(world) });
  await actInFrame(frame, 'once');
  await expectDelivered(world.label, ['once']);
  expect(world.told).toEqual(['[smartico] loaded_twice: the second copy does nothing']);
});

test('data-global renames both sides', async () => {
  const host = `<script src="${world.network.url}/smartico.js" data-global="_acme" data-frames="${world.platform}"></script>`;
  const platform = world.platformPage({
    tag: inframe('data-global="_acme"'),
    after: `_acme_inframe.init('${world.label.key}'); _acme_inframe.online('ann'); _acme_inframe.action('renamed');`,
  });
  const page = await world.context.newPage();
  const before = 'window._acme_allow_localhost = true;';
  await page.goto(world.host + world.hostPage(world.platform + platform, { tag: host, before }));
  await expectDelivered(world.label, ['renamed']);
  const frame = platformOf(page);
  await frame.waitForFunction(() => (window as unknown as { _acme_inframe: Smartico })._acme_inframe.losses());
  const names = (where: { evaluate: typeof page.evaluate }) =>
    where.evaluate(() => ['_smartico', '_smartico_inframe', '_acme', '_acme_inframe'].filter((name) => name in window));
  expect([await names(page), await names(frame)]).toEqual([['_acme'], ['_acme_inframe']]);
  expect(world.told).toEqual([]);
});

test('two bridges of two names in one page do not hear each other', async () => {
  const acme = `<script src="${world.network.url}/smartico.js" data-global="_acme" data-frames="${world.platform}"></script>`;
  const { frame } = await world.openBoth(
    { body: acme, before: 'window._acme_allow_localhost = true;' },
    { after: begin(world, 'ann') },
  );
  await actInFrame(frame, 'mine');
  await expectDelivered(world.label, ['mine']);
  const acmeKnows = frame.page().evaluate(() => (window as unknown as { _acme: Smartico })._acme.getPublicProps());
  expect(await acmeKnows).toBeNull();
});

test('a method that nobody knows is told in the frame, once, and rejects', async () => {
  const { frame } = await world.openBoth(undefined, { after: begin(world) });
  const codes = await frame.evaluate(async () => {
    const { _smartico_inframe: smartico } = window;
    const unknown = smartico as unknown as { [method: string]: () => Promise<unknown> };
    const code = ({ code }: { code: string }) => code;
    return [
      await unknown.actoin?.().catch(code),
      await unknown.actoin?.().catch(code),
      await (smartico as unknown as (method: string) => Promise<unknown>)('dpp').catch(code),
    ];
  });
  expect(codes).toEqual(['unknown_method', 'unknown_method', 'unknown_method']);
  expect(world.told).toEqual(['[smartico] unknown_method: actoin', '[smartico] unknown_method: dpp']);
});

test('what a platform keeps on the object stays its own', async () => {
  const { frame } = await world.openBoth();
  const kept = await frame.evaluate(() => {
    const smartico = window._smartico_inframe as unknown as { [name: string]: unknown };
    smartico.__skinApplied = true;
    return [smartico.__skinApplied, typeof smartico.on, smartico.then, typeof smartico.version];
  });
  expect(kept).toEqual([true, 'function', undefined, 'string']);
});
