/** What a frame that has a line can say over it: nothing but the page's own calls, with arguments that these take. */
import type { Frame, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { actInFrame, bridgeWorld, platformOf } from '../../support/bridge-world.ts';
import { act, expectDelivered, flush } from '../../support/delivery.ts';
import { call, connect, echoing, handMadeFrame, heard, knock, listening, say } from '../../support/hand-made-frame.ts';
import { eventsNamed } from '../../support/live-world.ts';

const world = bridgeWorld();

/** A page of ann's, which has a label of its own, around a frame that speaks by hand. */
const open = async (): Promise<{ page: Page; frame: Frame }> => {
  const page = await world.context.newPage();
  await page.goto(
    world.host +
      world.hostPage(world.platform + world.pages.add(handMadeFrame), {
        attributes: `data-label="${world.label.key}"`,
        before: `window._smartico_user_id = 'ann';${echoing}`,
      }),
  );
  await listening(page);
  const frame = platformOf(page);
  await connect(frame);
  return { page, frame };
};
/** Something done in the frame, as the page takes it. */
const deed = (name: string, more: object = {}) =>
  JSON.stringify({ method: 'action', args: [name], event_date: Date.now(), page_id: 'page-of-frame', seq: 1, ...more });
/** The page and its frame are as they were: the line, the page's own calls, and every object in both windows. */
const unharmed = async (page: Page, frame: Frame, id: number): Promise<void> => {
  await act(page, 'StillHere');
  expect(await call(frame, id, 'take', `still-heard-${id}`, deed('StillHeard'))).toMatchObject({ type: 'answer' });
  await flush(page);
  expect(await eventsNamed(world, 'StillHere')).toMatchObject([{ user_ext_id: 'ann', source: 'api' }]);
  expect(await eventsNamed(world, 'StillHeard')).toMatchObject([
    { user_ext_id: 'ann', source: 'bridge', frame: world.platform },
  ]);
  for (const window of [page, frame])
    expect(await window.evaluate(() => [Object.keys(Object.prototype), 'polluted' in {}, 'polluted' in []])).toEqual([
      [],
      false,
      false,
    ]);
};
const uncaught = () => world.told.filter((line) => !line.startsWith('[smartico]'));

// `event` is a frame's own word for a deed; `getPublicProps` and `api.getUserProfile` are answered there.
test.each([
  ['B08', ['__proto__', 'hasOwnProperty', '', 'event', 'getPublicProps', 'api.getUserProfile']],
  ['B09', ['constructor', 'eval']],
])('%s: %j are no methods of the page', async (_, names) => {
  const { page, frame } = await open();
  for (const [at, name] of names.entries())
    expect(await call(frame, at + 1, name)).toMatchObject({ type: 'refusal', code: 'unknown_method' });
  await unharmed(page, frame, names.length + 1);
});

test('B08: nor are inherited names among its questions', async () => {
  const { page, frame } = await open();
  const names = ['constructor', '__proto__', 'toString', 'then.call', ''];
  for (const [at, name] of names.entries())
    expect(await call(frame, at + 1, 'api', name)).toMatchObject({ type: 'refusal', code: 'unknown_method' });
  await unharmed(page, frame, names.length + 1);
});

test('B09: `init` is taken once, for a page that has no label: a second label is refused', async () => {
  const { page, frame } = await world.openBoth({}, { after: `_smartico_inframe.init('${world.label.key}');` });
  const init = (label: string) =>
    frame.evaluate(async (key) => {
      try {
        await window._smartico_inframe.init(key);
        return 'taken';
      } catch (cause) {
        return (cause as { code: string }).code;
      }
    }, label);
  expect([await init(world.label.key), await init(world.otherLabel.key)]).toEqual(['taken', 'init_refused']);
  await actInFrame(frame, 'OfTheFirst');
  await act(page, 'OfThePage');
  await expectDelivered(world.label, ['OfTheFirst', 'OfThePage']);
});

describe('B10: what is no text', () => {
  test('does not get through the port, and what the browser cannot copy not even into it', async () => {
    const { page, frame } = await open();
    const thrown = await frame.evaluate((act) => {
      const { knocker } = window;
      const message = { type: 'call', id: 1, method: 'take', args: ['event-one', act], asks: true };
      for (const one of [message, [JSON.stringify(message)], new Map([['type', 'call']]), new Date(), 1n, null])
        knocker.say(one);
      knocker.say(new Blob([JSON.stringify(message)]));
      try {
        knocker.say({ ...message, args: [() => 1] });
        return 'nothing';
      } catch (cause) {
        return (cause as Error).name;
      }
    }, deed('Smuggled'));
    expect(thrown).toBe('DataCloneError');
    await unharmed(page, frame, 1);
    expect(await eventsNamed(world, 'Smuggled')).toEqual([]);
    expect((await heard(frame)).filter(({ type }) => type === 'refusal')).toEqual([]);
  });

  test('is written down in the frame as well as JSON can; what cannot be is told, and never thrown', async () => {
    const { frame } = await world.openBoth({}, { after: `_smartico_inframe.init('${world.label.key}');` });
    await frame.evaluate(() => {
      const self: { [name: string]: unknown } = { big: 1n, calls: () => 1, map: new Map([[1, 2]]), at: new Date(0) };
      self.node = document.body;
      self.self = self;
      const { _smartico_inframe: smartico } = window;
      smartico.action('Foreign', self);
      smartico.action('Window', { around: window.parent });
      smartico.action('Getter', {
        get trap() {
          throw new Error('no');
        },
      });
      smartico.event('After', {});
    });
    await expectDelivered(world.label, ['After', 'Foreign', 'Getter', 'Window']);
    expect(await eventsNamed(world, 'Foreign')).toMatchObject([
      {
        payload: { big: '1', calls: '[function]', map: {}, at: '1970-01-01T00:00:00.000Z', node: {}, self: '[cycle]' },
      },
    ]);
    expect(await eventsNamed(world, 'Getter')).toMatchObject([{ payload: { unreadable: 'Error: no' } }]);
    expect(world.told).toEqual(['Foreign', 'Window', 'Getter'].map((name) => `[smartico] payload_repaired: ${name}`));
  });
});

describe('B11: 50 MB', () => {
  test('said by hand, as bytes or as a call, are not read: what is said after them is', async () => {
    const { page, frame } = await open();
    await frame.evaluate((act) => {
      const { knocker } = window;
      const size = 50_000_000;
      knocker.line?.postMessage(new ArrayBuffer(size));
      const huge = { type: 'call', id: 1, method: 'take', args: ['event-one', act + ' '.repeat(size)], asks: true };
      knocker.say(JSON.stringify(huge));
    }, deed('Huge'));
    await unharmed(page, frame, 2);
    expect(await eventsNamed(world, 'Huge')).toEqual([]);
    expect((await heard(frame)).map(({ id }) => id)).not.toContain(1);
  });

  test('given to the platform’s own calls are told there and counted; the next event is on its way', async () => {
    const { page, frame } = await world.openBoth({}, { after: `_smartico_inframe.init('${world.label.key}');` });
    await frame.evaluate(() => {
      const { _smartico_inframe: smartico } = window;
      const text = 'x'.repeat(50_000_000);
      smartico.action('Huge', { text });
      smartico.action('Bytes', { bytes: new ArrayBuffer(50_000_000) });
      void smartico.setSkin(text);
    });
    await expectDelivered(world.label, ['Bytes']);
    await expect.poll(() => page.evaluate(() => window._smartico.losses())).toEqual({ too_large: 1 });
    expect(world.told.map((line) => line.split(':')[0])).toEqual([
      '[smartico] payload_too_large',
      '[smartico] bad_argument',
    ]);
  });
});

test('B14: a frame that sends on with a thousand calls unanswered is cut off for good, and the collector hears how many were lost', async () => {
  const { page, frame } = await open();
  await frame.evaluate((act) => {
    for (let id = 1; id <= 20_000; id++) {
      const args = [`flood-${id}`, JSON.stringify({ ...JSON.parse(act), seq: id })];
      window.knocker.say(JSON.stringify({ type: 'call', id, method: 'take', args, asks: false }));
    }
  }, deed('Flood'));
  await expect.poll(() => world.told).toEqual([`[smartico] bridge_flood: ${world.platform}`]);
  const { flood } = await page.evaluate(() => window._smartico.losses());
  expect(flood).toBeGreaterThan(1_000);
  expect(await knock(frame)).toHaveLength(1);
  await frame.goto(world.platform + world.pages.add(handMadeFrame));
  expect(await knock(frame)).toEqual([]);
  await act(page, 'StillHere');
  await flush(page);
  expect(await eventsNamed(world, 'StillHere')).toHaveLength(1);
  expect((await world.label.losses()).totals).toEqual({ flood });
});

/** Every method that there is, and what nobody should give it: texts, since no object of ours could hold all of it. */
const methods = [
  ...['take', 'lose', 'init', 'initVisitorMode', 'identify', 'online', 'logout', 'consent', 'on', 'off', 'clear'],
  ...['login', 'changeLanguage', 'ready', 'identified', 'flush', 'losses', 'receipts', 'setSkin', 'showWidget', 'api'],
  ...['suspendPopups', 'suspendInbox', 'suspendMiniGames', 'requestPushPermissions', 'registerNativePushToken'],
  ...['miniGame', 'gamificationBlock', 'showBanner', 'sendDataToBanner', 'showVisitorGame', 'convertVisitorGame'],
  ...['sendAnalytics', 'startLpAnalytics', 'sendServerError', 'sendServerDebug', '__proto__', 'constructor'],
];
const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
const given = [
  '[]',
  '[null,null,null]',
  '[-1e308,1e999]',
  '[[],{},[]]',
  '[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]',
  '["x",{"__proto__":{"polluted":1},"toString":1,"then":1,"length":-1}]',
  '["__proto__","constructor",{"polluted":1}]',
  '["\\u0000ear 1","\\u0000ear -1","\\u0000ear 1e999"]',
  '["event-bad","{\\"method\\":\\"action\\",\\"args\\":{\\"__proto__\\":{\\"polluted\\":1}}}"]',
  `["x",${deep}]`,
];
/** What is no message at all. */
const malformed = [
  ...[
    '',
    '{',
    'null',
    '0',
    '[]',
    '""',
    '{}',
    deep,
    '{"type":"__proto__"}',
    '{"type":{"toString":1}}',
    '{"type":"bye2"}',
  ],
  ...['0', '-1', '1.5', '1e999', '"1"', 'null', '{}'].map(
    (id) => `{"type":"call","id":${id},"method":"logout","args":[],"asks":true}`,
  ),
  '{"type":"call","id":1,"method":["logout"],"args":[],"asks":true}',
  '{"type":"call","id":1,"method":"logout","args":{"length":1},"asks":true}',
  '{"type":"call","id":1,"method":"logout","args":[],"asks":"yes"}',
  '{"type":"nonce","nonce":"another"}',
];

test('after every method was given everything that it should not be, both windows are as they were', async () => {
  const { page, frame } = await open();
  const calls = methods.flatMap((method) => given.map((args) => ({ method, args })));
  const texts = calls.map(
    ({ method, args }, at) => `{"type":"call","id":${at + 1},"method":"${method}","args":${args},"asks":false}`,
  );
  await say(frame, ...malformed, ...texts);
  await expect
    .poll(async () => (await heard(frame)).some(({ type, id }) => type === 'taken' && id === texts.length))
    .toBe(true);
  await unharmed(page, frame, texts.length + 1);
  expect(uncaught()).toEqual([]);
});
