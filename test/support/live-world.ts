/**
 * What every journey of the live surface stands on: the delivery world, an operator beside it, a browser whose closed
 * shadow roots are open to a test, and pages that write down what their callbacks hear.
 */
import { createHash } from 'node:crypto';
import type { Browser, BrowserContext, Frame, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openBrowser, openShadows } from './browser.ts';
import { deliveryWorld, type LabelExtra, nameOf, type PageParts, type World } from './delivery.ts';
import { type Operator, operatorOf } from './operator.ts';

export interface LivePage extends PageParts {
  /** Whom the page names before the SDK comes. */
  user?: string;
  hash?: string;
}

export interface LiveWorld extends Omit<World, 'page'> {
  readonly operator: Operator;
  readonly browser: Browser;
  /** The test's own. */
  readonly context: BrowserContext;
  /** What the SDK told on the consoles of all pages so far, and what a page threw. */
  readonly told: string[];
  /** Another visitor's browser. */
  newContext(): Promise<BrowserContext>;
  /** The address of a page with the SDK that writes every callback down. */
  address(parts?: LivePage): string;
  /** Opens an address, and waits until the page's user is identified. */
  open(address: string, context?: BrowserContext): Promise<Page>;
  /** A hash in the published form. */
  hashOf(user: string, until?: number): string;
}

const KEYS = [
  ...['init', 'label_init_completed', 'identify', 'login', 'logout', 'props_change', 'page_navigation'],
  ...['session_based_dp_detected', 'gf_starting', 'gf_started', 'gf_closing', 'inbox_starting', 'protocol_error'],
];

/** The page's own script: `heard` has what every callback was told, in order. */
export const writeDown = `
  window.heard = [];
  for (const key of ${JSON.stringify(KEYS)}) _smartico.on(key, (...args) => { heard.push([key, ...args]); });`;

/** @param extra what a test's label has beside the usual */
export const liveWorld = (extra: LabelExtra = {}): LiveWorld => {
  const world = deliveryWorld(extra);
  const operator = operatorOf(() => ({ url: world.collector.url, admin: world.label.admin }));
  let browser: Browser;
  let contexts: BrowserContext[];
  let told: string[];

  const newContext = async (): Promise<BrowserContext> => {
    const context = await browser.newContext();
    contexts.push(context);
    await openShadows(context);
    await context.addInitScript(rememberShown);
    context.on('console', (message) => message.text().startsWith('[smartico]') && told.push(message.text().trim()));
    context.on('weberror', (error) => told.push(String(error.error())));
    return context;
  };
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    told = [];
    contexts = [];
    await newContext();
  });
  afterEach(() => Promise.all(contexts.map((context) => context.close())));

  return {
    get collector() {
      return world.collector;
    },
    get store() {
      return world.store;
    },
    get pages() {
      return world.pages;
    },
    get network() {
      return world.network;
    },
    get label() {
      return world.label;
    },
    get otherLabel() {
      return world.otherLabel;
    },
    tag: world.tag,
    operator,
    get browser() {
      return browser;
    },
    get context() {
      return contexts[0]!;
    },
    get told() {
      return told;
    },
    newContext,
    address({ user, hash, before = '', after = '', ...parts } = {}) {
      const named = [
        ['user_id', user],
        ['user_hash', hash],
      ].map(([name, value]) => (value ? `window._smartico_${name} = ${JSON.stringify(value)};` : ''));
      return world.pages.site + world.page({ ...parts, before: named.join('') + before, after: writeDown + after });
    },
    async open(address, context = contexts[0]!) {
      const page = await context.newPage();
      await page.goto(address);
      await identified(page);
      return page;
    },
    hashOf(user, until = Date.now() + 3_600_000) {
      const text = `${user}:${world.label.salt}:${until}`.toLowerCase();
      return `${createHash('md5').update(text).digest('hex')}:${until}`;
    },
  };
};

/** Resolves when the page's user, if it names one, is identified. */
export const identified = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    if (window._smartico_user_id) await window._smartico.identified();
  });

/** A page, or a frame of one. */
type PageOrFrame = Pick<Frame, 'evaluate'>;

/** What a page's callback was told so far: its arguments, call by call. */
export const heard = (where: PageOrFrame, key: string): Promise<unknown[][]> =>
  where.evaluate(
    (wanted) =>
      (window as unknown as { heard: [string, ...unknown[]][] }).heard
        .filter(([key]) => key === wanted)
        .map(([, ...args]) => args),
    key,
  );

export const expectHeard = (where: PageOrFrame, key: string, times: number): Promise<void> =>
  expect.poll(async () => (await heard(where, key)).length).toBe(times);

interface Shown {
  /** What each sheet that opened on this page was called, in order. */
  shown: string[];
}
/** For a browser that is not the world's own. */
export const rememberShown = (): void => {
  const { showModal } = HTMLDialogElement.prototype;
  const shown: string[] = [];
  Object.assign(window, { shown });
  HTMLDialogElement.prototype.showModal = function () {
    shown.push(`${this.ariaLabel}`);
    showModal.call(this);
  };
};

/** Popups, inbox and widget that this page showed so far, by their names; and the marks that the test set between them. */
export const shown = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as Shown).shown);
export const expectShown = (page: Page, ...names: string[]): Promise<void> =>
  expect.poll(() => shown(page)).toEqual(names);
/** A line in that record. */
export const mark = (page: Page): Promise<unknown> => page.evaluate(() => (window as unknown as Shown).shown.push('-'));
export const popupOf = (page: Page): Locator => page.locator('dialog.popup');

/** The collector has answered a question of the page's: whatever it had said to it before is there. */
export const caughtUp = (page: Page): Promise<unknown> =>
  page.evaluate(() => window._smartico.api.checkSegmentMatch(`${Math.random()}`));
/** The same, and the page has fetched what draws. */
export const settled = async (page: Page): Promise<void> => {
  await caughtUp(page);
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/smartico_ui.js')),
  );
};

/** Events of the label by these names, in order. */
export const eventsNamed = async ({ label }: Pick<World, 'label'>, ...names: string[]) =>
  (await label.events()).filter((event) => names.includes(nameOf(event)));
