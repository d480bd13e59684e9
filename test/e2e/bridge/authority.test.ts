/** What a frame may decide about the page around it: which label, which user, whose consent. */
import type { Frame, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  actInFrame,
  begin,
  bridgeWorld,
  connected,
  type HostPage,
  type PlatformPage,
} from '../../support/bridge-world.ts';
import { act, expectDelivered, flush } from '../../support/delivery.ts';
import { eventsNamed, identified } from '../../support/live-world.ts';

const world = bridgeWorld();

/** What a call of the frame's comes to: `done`, or the code of the refusal. */
const outcome = (frame: Frame, method: string, ...args: unknown[]): Promise<string> =>
  frame.evaluate(
    async ([name, given]) => {
      try {
        await (window._smartico_inframe as unknown as (...all: unknown[]) => unknown)(name, ...given);
        return 'done';
      } catch (cause) {
        return (cause as { code: string }).code;
      }
    },
    [method, args] as const,
  );
/** The page's user, as an event of its own says. */
const userOf = async (page: Page): Promise<string | null | undefined> => {
  const name = `Whose${Math.random()}`;
  await act(page, name);
  await flush(page);
  return (await eventsNamed(world, name))[0]?.user_ext_id;
};
/** A page that initialises itself, with ann as its user. */
const anns = (more = ''): HostPage => ({
  attributes: `data-label="${world.label.key}" ${more}`,
  before: `window._smartico_user_id = 'ann';`,
});
const open = async (host: HostPage, platform?: PlatformPage): Promise<{ page: Page; frame: Frame }> => {
  const opened = await world.openBoth(host, platform);
  await identified(opened.page);
  return opened;
};
/** Told by the page, and by the frame. */
const refusedOnBothSides = [
  '[smartico] identity_refused: ORIGIN; data-frames-may="identify" lets it',
  '[smartico] identity_refused: the page around does not let its frames (data-frames-may="identify")',
];
const told = () => [...world.told].map((line) => line.replace(world.platform, 'ORIGIN')).sort();

describe('a page that initialises itself', () => {
  test('keeps its label: another of the frame’s is refused, its own changes nothing', async () => {
    const { page, frame } = await open(anns());
    expect(await outcome(frame, 'init', world.otherLabel.key)).toBe('init_refused');
    expect(await outcome(frame, 'initVisitorMode', world.label.key)).toBe('init_refused');
    expect(await outcome(frame, 'init', world.label.key, { brand_key: 'another' })).toBe('done');
    await actInFrame(frame, 'Here');
    await expectDelivered(world.label, ['Here']);
    expect(await userOf(page)).toBe('ann');
    expect(told()).toEqual([
      `[smartico] init_refused: ${world.label.key}, from ORIGIN`,
      `[smartico] init_refused: ${world.otherLabel.key}, from ORIGIN`,
      '[smartico] init_refused: the page is initialised in the other mode',
      `[smartico] init_refused: the page is initialised with another label than ${world.otherLabel.key}`,
    ]);
  });

  test.each<[string, unknown[]]>([
    ['online', ['bob']],
    ['identify', ['bob']],
    ['logout', []],
    ['consent', [false]],
    ['consent', [true]],
  ])(
    'keeps its user: %s(%j) of the frame’s is refused, and both consoles say what would let it',
    async (method, args) => {
      const { page, frame } = await open(anns());
      const call = outcome(frame, method, ...args);
      if (method !== 'logout') expect(await call).toBe('identity_refused');
      await expect.poll(told).toEqual(refusedOnBothSides);
      await actInFrame(frame, 'Mine');
      await expectDelivered(world.label, ['Mine']);
      expect(await eventsNamed(world, 'Mine')).toMatchObject([{ user_ext_id: 'ann' }]);
      expect(await userOf(page)).toBe('ann');
      expect(await page.evaluate(() => window._smartico.checkSuccessfullyIdentify())).toBe(true);
    },
  );

  test('lets a frame say what is so: the same user, whole platforms of the documentation’s form', async () => {
    const { page, frame } = await open(anns(), { after: `${begin(world, 'ann')} _smartico_inframe.action('Played');` });
    expect([await outcome(frame, 'online', 'ann'), await outcome(frame, 'identify', ' ann ')]).toEqual([
      'done',
      'done',
    ]);
    await expectDelivered(world.label, ['Played']);
    expect(await userOf(page)).toBe('ann');
    expect(world.told).toEqual([]);
  });

  test('keeps what vouches for its user: another hash of the frame’s takes nothing away, one where there is none is taken', async () => {
    const hash = world.hashOf('ann');
    const trustOf = async (page: Page, name: string) => {
      await act(page, name);
      await flush(page);
      return (await eventsNamed(world, name)).map(({ trust }) => trust);
    };
    const proven = await open({ ...anns(), before: `_smartico_user_id = 'ann'; _smartico_user_hash = '${hash}';` });
    expect(await outcome(proven.frame, 'online', 'ann', '', 'made-up')).toBe('done');
    expect(await outcome(proven.frame, 'identify', 'ann', 'made-up')).toBe('done');
    expect(await trustOf(proven.page, 'Proven')).toEqual(['verified']);
    const named = await open(anns());
    expect(await outcome(named.frame, 'online', 'ann', '', hash)).toBe('done');
    expect(await trustOf(named.page, 'Named')).toEqual(['verified']);
  });

  test('lets its frames name another user, log out and speak for consent with data-frames-may="identify", and nothing else', async () => {
    const { page, frame } = await open(anns('data-frames-may="identify"'));
    expect(await outcome(frame, 'online', 'bob')).toBe('done');
    expect(await userOf(page)).toBe('bob');
    expect(await outcome(frame, 'logout')).toBe('done');
    await expect.poll(() => userOf(page)).toBeNull();
    expect(await outcome(frame, 'init', world.otherLabel.key)).toBe('init_refused');
    expect(await outcome(frame, 'consent', false)).toBe('done');
    await expect
      .poll(() => page.evaluate(() => window._smartico.flush().then(() => localStorage['_smartico:consent'])))
      .toBe('no');
  });

  test('says the same by `framesMay` of its init', async () => {
    const { page, frame } = await world.openBoth({
      after: `_smartico.init('${world.label.key}', { framesMay: 'identify' }); _smartico.online('ann');`,
    });
    expect(await outcome(frame, 'online', 'bob')).toBe('done');
    expect(await userOf(page)).toBe('bob');
  });
});

describe('a page that does not initialise itself', () => {
  /** Two platforms in one page, of two origins. */
  const openTwo = async (host: HostPage = {}): Promise<{ page: Page; first: Frame; second: Frame }> => {
    const second = world.neighbour.otherSite + world.platformPage({ server: world.neighbour });
    const { page, frame } = await world.openBoth(
      {
        frames: [world.platform, world.neighbour.otherSite],
        body: `<iframe src="${second}"></iframe>`,
        ...host,
      },
      {},
    );
    const other = page.mainFrame().childFrames()[1]!;
    await connected(other);
    return { page, first: frame, second: other };
  };

  test('lets the origin whose frame did: it names the user and logs out, a frame of another origin may not', async () => {
    const { page, first, second } = await openTwo();
    expect(await outcome(first, 'init', world.label.key)).toBe('done');
    expect(await outcome(first, 'online', 'ann')).toBe('done');
    expect(await outcome(second, 'init', world.otherLabel.key)).toBe('init_refused');
    expect(await outcome(second, 'init', world.label.key)).toBe('done');
    expect(await outcome(second, 'online', 'bob')).toBe('identity_refused');
    expect(await outcome(second, 'online', 'ann')).toBe('done');
    expect(await userOf(page)).toBe('ann');
    expect(await outcome(first, 'online', 'bob')).toBe('done');
    expect(await userOf(page)).toBe('bob');
  });

  test('lets nobody with data-frames-may=""', async () => {
    const { frame } = await world.openBoth({ attributes: 'data-frames-may=""' });
    expect(await outcome(frame, 'init', world.label.key)).toBe('done');
    expect(await outcome(frame, 'online', 'ann')).toBe('identity_refused');
  });

  test('sends its events where its own tag says, whatever the frame’s init does, and lets nobody else in for it', async () => {
    const asked: string[] = [];
    const { page, frame } = await world.openBoth();
    page.on('request', (request) => asked.push(new URL(request.url()).origin));
    const elsewhere = world.neighbour.site;
    const options = { collector: elsewhere, frames: [world.stranger], framesMay: 'identify', sw: '/mine.js' };
    expect(await outcome(frame, 'init', world.label.key, options)).toBe('done');
    await actInFrame(frame, 'Here');
    await expectDelivered(world.label, ['Here']);
    expect(asked).not.toContain(elsewhere);
    const stranger = world.stranger + world.platformPage();
    await page.evaluate((address) => {
      document.body.append(Object.assign(document.createElement('iframe'), { src: address }));
    }, stranger);
    const ignored = Object.keys(options).map((name) => `[smartico] bad_argument: init, from a frame: ${name}`);
    await expect
      .poll(() => world.told)
      .toEqual([...ignored, `[smartico] frame_refused: data-frames="${world.stranger}"`]);
  });
});
