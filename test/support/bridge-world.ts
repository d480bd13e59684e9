/**
 * What every journey across the bridge stands on: the live world, pages that frame a platform, and the platform's pages, on
 * origins that can be chosen. What a page and its frames are told stands in the world's `told`.
 */
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type { LabelExtra } from './delivery.ts';
import { type LiveWorld, liveWorld, writeDown } from './live-world.ts';
import { type PageServer, startPageServer } from './page-server.ts';

export interface HostPage {
  /** Attributes of the tag of `smartico.js` beside `data-frames`; none, as the documentation's host page has it. */
  attributes?: string;
  /** Origins in `data-frames`; the platform's unless given. */
  frames?: string[];
  /** Script before the SDK's tag, and after it. */
  before?: string;
  after?: string;
  /** The SDK's tag, if it is another one or none. */
  tag?: string;
  body?: string;
  headers?: Record<string, string>;
}
export interface PlatformPage {
  /** Who serves it, if not the server of all other pages. */
  server?: PageServer;
  /** Attributes of the tag of `smartico_inframe.js` beside `data-hosts`. */
  attributes?: string;
  hosts?: string[];
  before?: string;
  after?: string;
  tag?: string;
  body?: string;
  headers?: Record<string, string>;
}

export interface BridgeWorld extends LiveWorld {
  /** Where the host's pages are, unless a test says otherwise: `http://127.0.0.1:P`. */
  readonly host: string;
  /** The platform's: another site, `http://localhost:P`. */
  readonly platform: string;
  /** The host's site, but another origin: another port. */
  readonly neighbour: PageServer;
  /** A third site: `http://stranger.localhost:P`. */
  readonly stranger: string;
  /** Path of a page that frames `address`. */
  hostPage(address: string, parts?: HostPage): string;
  /** Path of a page of the platform. */
  platformPage(parts?: PlatformPage): string;
  /** Opens the host's page around the platform's, and waits until they are connected. */
  openBoth(host?: HostPage, platform?: PlatformPage): Promise<{ page: Page; frame: Frame }>;
}

export const bridgeWorld = (extra: LabelExtra = {}): BridgeWorld => {
  const live = liveWorld(extra);
  let neighbour: PageServer;
  beforeAll(async () => {
    neighbour = await startPageServer();
  });
  afterAll(() => neighbour?.close());
  const page = (head: string, body: string) =>
    `<!doctype html><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,">${head}<body style="height: 100vh; margin: 0">${body}`;
  const script = (text: string) => (text ? `<script>${text}</script>` : '');
  const world: Omit<BridgeWorld, keyof LiveWorld> = {
    get host() {
      return live.pages.site;
    },
    get platform() {
      return live.pages.otherSite;
    },
    get stranger() {
      return live.pages.otherSite.replace('//', '//stranger.');
    },
    get neighbour() {
      return neighbour;
    },
    hostPage(
      address,
      { attributes = '', frames = [world.platform], before = '', after = '', tag, body = '', headers } = {},
    ) {
      const own =
        tag ??
        `<script src="${live.network.url}/smartico.js" data-frames="${frames.join(' ')}" ${attributes}></script>`;
      return live.pages.add(
        page(
          script(`window._smartico_allow_localhost = true;${before}`) + own + script(after),
          `<h1>Host</h1><iframe src="${address}" style="width: 300px; height: 150px"></iframe>${body}`,
        ),
        headers,
      );
    },
    platformPage({
      server = live.pages,
      attributes = '',
      hosts = [world.host],
      before = '',
      after = '',
      tag,
      body = '<h1>Platform</h1>',
      headers,
    } = {}) {
      const own =
        tag ??
        `<script src="${live.network.url}/smartico_inframe.js" data-hosts="${hosts.join(' ')}" ${attributes}></script>`;
      return server.add(page(script(before) + own + script(after), body), headers);
    },
    async openBoth(host, platform) {
      const opened = await live.context.newPage();
      await opened.goto(world.host + world.hostPage(world.platform + world.platformPage(platform), host));
      const frame = platformOf(opened);
      await connected(frame);
      return { page: opened, frame };
    },
  };
  return Object.defineProperties(live, Object.getOwnPropertyDescriptors(world)) as BridgeWorld;
};

/** The page's only frame of its own. */
export const platformOf = (page: Page): Frame => {
  const [frame] = page.mainFrame().childFrames();
  if (!frame) throw new Error('the page frames nothing');
  return frame;
};

/** Resolves when the page around has answered a call of the frame's. */
export const connected = (frame: Frame): Promise<unknown> =>
  expect
    .poll(() => frame.evaluate(() => window._smartico_inframe.losses().then(() => true)).catch(() => false))
    .toBe(true);

/** Makes the frame call these actions, in one task. */
export const actInFrame = (frame: Frame, ...names: string[]): Promise<void> =>
  frame.evaluate((all) => {
    for (const name of all) window._smartico_inframe.action(name);
  }, names);

/** The platform's first words: its label and, if it has one, its user. */
export const begin = ({ label }: Pick<BridgeWorld, 'label'>, user?: string): string =>
  `_smartico_inframe.init('${label.key}');${user ? `_smartico_inframe.online('${user}');` : ''}`;

/** The platform's own script: `heard` has what every callback in the frame was told, in order. */
export const writeDownInFrame = writeDown.replaceAll('_smartico', '_smartico_inframe');

/** The page around has identified the user, and the frame knows. A frame that nobody sees has no animation frames to wait by. */
export const known = (frame: Frame): Promise<void> =>
  expect
    .poll(() => frame.evaluate(() => window._smartico_inframe.checkSuccessfullyIdentify()).catch(() => false))
    .toBe(true);
