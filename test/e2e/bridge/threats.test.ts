/** Who gets no line to a page: frames of origins that it does not list, windows that are no frames of it, and whoever comes after. */
import type { Frame, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { actInFrame, bridgeWorld, connected, type HostPage, platformOf } from '../../support/bridge-world.ts';
import { expectDelivered, saidByPage } from '../../support/delivery.ts';
import { call, connect, echoing, handMadeFrame, heard, knock, listening, say } from '../../support/hand-made-frame.ts';

const world = bridgeWorld();

/** Where the page that speaks by hand is; at this origin unless it is the platform's. */
const byHand = (origin = world.platform): string => origin + world.pages.add(handMadeFrame);
/** The page around these addresses. */
const around = async (
  [first = '', ...others]: string[],
  parts?: HostPage,
): Promise<{ page: Page; frames: Frame[] }> => {
  const page = await world.context.newPage();
  const body = others.map((address) => `<iframe src="${address}"></iframe>`).join('');
  await page.goto(
    world.host + world.hostPage(first, { before: echoing, ...parts, body: `${body}${parts?.body ?? ''}` }),
  );
  await listening(page);
  return { page, frames: page.mainFrame().childFrames() };
};
const refused = (origin: string): string => `[smartico] frame_refused: data-frames="${origin}"`;

describe('a frame of an origin that is not listed is not answered', () => {
  test('though it looks like one that is: the page is told of each, once', async () => {
    const listed = world.platform.replace('//', '//games.');
    const secure = world.platform.replace('http://', 'https://secure.');
    const path = world.pages.add(handMadeFrame);
    world.neighbour.add(handMadeFrame, {}, path);
    const alike = [
      world.stranger,
      secure.replace('https:', 'http:'),
      listed.replace(/\d+$/, new URL(world.neighbour.site).port),
      listed.replace('games.', ''),
      listed.replace('games.', 'www.games.'),
      listed.replace('games.', 'mygames.'),
      listed.replace('localhost', 'localhost.stranger.localhost'),
      listed.replace('localhost', 'localhost.'),
      listed.replace('games', 'gаmes'), // its second letter is Cyrillic
    ].map((address) => new URL(address).origin);
    // A browser writes capitals small before anybody compares.
    const addresses = [...alike, listed.toUpperCase()].map((origin) => origin + path);
    const { frames } = await around(addresses, { frames: [listed, secure] });
    for (const frame of frames.slice(0, -1)) expect([await knock(frame), await knock(frame)]).toEqual([[], []]);
    expect(await knock(frames.at(-1)!)).toEqual([{ origin: world.host, ports: 1 }]);
    expect([...world.told].sort()).toEqual(alike.map(refused).sort());
  });

  test('though its attribute seems to mean it: only an origin as browsers write one lists anybody', async () => {
    const meant = ['*', 'http://*.localhost', 'null', 'localhost', `${world.platform}/`, world.platform.toUpperCase()];
    const { frames } = await around([byHand()], { frames: meant });
    expect(await knock(frames[0]!)).toEqual([]);
    expect(world.told).toEqual([
      ...meant.map((text) => `[smartico] bad_argument: data-frames: ${text} is no origin (https://host)`),
      refused(world.platform),
    ]);
  });

  test('nor is one without an origin, sandboxed, written out or of a `data:` address, even where the page lists `null`', async () => {
    const written = handMadeFrame.replaceAll('"', '&quot;');
    const { frames } = await around([`data:text/html,${encodeURIComponent(handMadeFrame)}`], {
      frames: ['null'],
      body: `<iframe sandbox="allow-scripts" src="${byHand(world.host)}"></iframe><iframe sandbox="allow-scripts" srcdoc="${written}"></iframe>`,
    });
    expect(frames).toHaveLength(3);
    for (const frame of frames) expect(await knock(frame)).toEqual([]);
    expect(world.told).toEqual(['[smartico] frame_refused: a sandboxed frame has no origin']);
  });
});

describe('a window that is no frame of the page is not answered, of whatever origin', () => {
  test('a popup of the platform, which the page opened', async () => {
    const { page, frames } = await around([byHand()]);
    await connect(frames[0]!);
    const opening = world.context.waitForEvent('page');
    await page.evaluate((address) => void window.open(address), byHand());
    const popup = await opening;
    await popup.waitForLoadState();
    expect(await knock(popup.mainFrame(), 'opener')).toEqual([]);
  });

  test('the platform’s own window, which opened the page', async () => {
    const opener = await world.context.newPage();
    await opener.goto(byHand());
    const opening = world.context.waitForEvent('page');
    const host = world.host + world.hostPage(byHand(), { before: echoing });
    await opener.evaluate((address) => void window.open(address, 'casino'), host);
    const page = await opening;
    await page.waitForLoadState();
    await connect(platformOf(page));
    const welcomes = await opener.evaluate(async () => {
      await window.knocker.knock(window.open('', 'casino')!);
      return window.knocker.welcomes;
    });
    expect(welcomes).toEqual([]);
  });
});

test('calls that are posted to the window, and not said over a port, are nobody’s: a stranger’s `init` starts nothing', async () => {
  const { page, frames } = await around([byHand(), byHand(world.stranger)]);
  await connect(frames[0]!);
  for (const frame of frames) {
    await frame.evaluate((label) => {
      const { port1, port2 } = new MessageChannel();
      const init = { type: 'call', id: 1, method: 'init', args: [label], asks: true };
      const all = [
        init,
        JSON.stringify(init),
        { m: 'init', a: [label] },
        ['init', label],
        { welcome: '_smartico', ...init },
      ];
      for (const one of all) {
        window.parent.postMessage(one, '*');
        port1.postMessage(one);
      }
      window.parent.postMessage('_smartico:hello', '*', [port2]);
    }, world.label.key);
    await knock(frame);
  }
  expect(await page.evaluate(() => window._smartico.flush())).toEqual({
    stored: 0,
    duplicate: 0,
    rejected: 0,
    pending: 0,
  });
  expect(await page.evaluate(() => window._smartico.vapi('en'))).toBeNull();
  expect(world.told).toEqual([refused(world.stranger)]);
});

describe('B05: a hello that is said again', () => {
  test('brings no second port, while the document that has the first is there', async () => {
    const { frames } = await around([byHand()]);
    const frame = frames[0]!;
    await connect(frame);
    await say(frame, { type: 'nonce', nonce: 'another' });
    await knock(frame);
    await expect.poll(async () => (await heard(frame)).map(({ type }) => type)).toContain('ping');
    await say(frame, { type: 'alive' });
    expect(await call(frame, 1, 'losses')).toMatchObject({ type: 'answer', value: {} });
    expect(await knock(frame)).toHaveLength(1);
  });

  test('by another script of the platform’s page takes nothing from its line', async () => {
    const { page, frame } = await world.openBoth({ before: echoing });
    await frame.evaluate(async (label) => {
      for (let again = 0; again < 20; again++) {
        window.parent.postMessage('_smartico:hello', '*', [new MessageChannel().port1]);
        window.postMessage({ welcome: '_smartico', nonce: 'mine' }, '*', [new MessageChannel().port1]);
      }
      await window._smartico_inframe.init(label);
    }, world.label.key);
    await actInFrame(frame, 'Once');
    await expectDelivered(world.label, ['Once']);
    expect(await page.evaluate(() => window._smartico.losses())).toEqual({});
    expect(world.told).toEqual([]);
  });
});

describe('B17: a frame that went to another origin', () => {
  const begin = () => `_smartico_inframe.init('${world.label.key}'); _smartico_inframe.online('ann');`;

  test('has no line, and hears nothing any more of what the frame before it heard', async () => {
    const { page, frame } = await world.openBoth({ before: echoing }, { after: begin() });
    await frame.goto(byHand(world.stranger));
    expect(await knock(frame)).toEqual([]);
    await page.evaluate(() => window._smartico.online('bob'));
    expect([await knock(frame), await heard(frame)]).toEqual([[], []]);
    expect(world.told).toEqual([refused(world.stranger)]);
  });

  test('that is listed as well gets a line of its own, and speaks for itself', async () => {
    const other = world.neighbour.otherSite;
    const path = world.platformPage({ server: world.neighbour });
    const frames = [world.platform, other];
    const { frame } = await world.openBoth({ frames }, { after: begin() });
    await frame.goto(other + path);
    await connected(frame);
    await actInFrame(frame, 'Moved');
    await expectDelivered(world.label, ['Moved']);
    expect(await saidByPage(world.label)).toMatchObject([{ user_ext_id: 'ann', frame: other }]);
    expect(world.told).toEqual([]);
  });

  test('leaves a port that is worth nothing once the next document has its own, whoever was given it', async () => {
    const { frames } = await around([byHand(), byHand()]);
    const [platform, keeper] = frames as [Frame, Frame];
    await connect(platform);
    await platform.evaluate(() => {
      const { knocker } = window;
      window.parent[1]?.postMessage('take my line', '*', [knocker.line!]);
    });
    expect(await call(keeper, 1, 'losses')).toMatchObject({ type: 'answer' });
    await platform.goto(byHand());
    await connect(platform);
    await say(keeper, { type: 'call', id: 2, method: 'init', args: [world.otherLabel.key], asks: true });
    expect(await call(platform, 1, 'init', world.label.key)).toMatchObject({ type: 'answer' });
    expect((await heard(keeper)).map(({ id }) => id)).not.toContain(2);
    expect(world.told).toEqual([]); // no `init_refused`: the page was nobody's before
  });
});
