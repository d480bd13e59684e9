/**
 * What the tests of the drawing room stand on: the built `smartico_ui.js` on an operator's page under the strictest policy
 * it promises to live with, a collector's origin that frames content and widget, and a browser whose closed shadow roots
 * are left open, so that a test can look inside.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openBrowser, openShadows } from './browser.ts';
import { type PageServer, startPageServer } from './page-server.ts';

export interface UiWorld {
  readonly pages: PageServer;
  readonly browser: Browser;
  readonly context: BrowserContext;
  /** A page with the room; `html` is what it has besides. */
  open(html?: string, options?: { context?: BrowserContext }): Promise<Page>;
  /** Another browser window: other size, other scheme. */
  newContext(options: BrowserContextOptions, shadow?: 'open' | 'closed'): Promise<BrowserContext>;
  /** Console errors, policy violations and uncaught exceptions of every page so far. */
  readonly complaints: string[];
}

const policyOf = (collector: string) =>
  `default-src 'self' ${collector}; require-trusted-types-for 'script'; trusted-types 'none'`;

/** As the collector serves content: any page may ask whether it is there. */
export const anybody = { 'access-control-allow-origin': '*' };

export const uiWorld = (): UiWorld => {
  let pages: PageServer;
  let browser: Browser;
  let context: BrowserContext;
  let complaints: string[];
  let scripts: string[];

  beforeAll(async () => {
    [pages, browser] = await Promise.all([startPageServer(), openBrowser()]);
    const { outputFiles } = buildSync({
      entryPoints: [fileURLToPath(new URL('ui-page.ts', import.meta.url))],
      bundle: true,
      write: false,
      format: 'iife',
    });
    const room = await readFile(new URL('../../dist/smartico_ui.js', import.meta.url), 'utf8');
    pages.on('/favicon.ico', () => {});
    const script = { 'content-type': 'text/javascript' };
    scripts = [
      pages.add(`window.collector = '${pages.otherSite}';${outputFiles[0]?.text}`, script),
      pages.add(room, script),
    ];
  });
  afterAll(async () => {
    await browser?.close();
    await pages?.close();
  });

  const newContext = async (options: BrowserContextOptions, shadow: 'open' | 'closed' = 'open') => {
    const made = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    if (shadow === 'open') await openShadows(made);
    return made;
  };
  beforeEach(async () => {
    complaints = [];
    context = await newContext({});
  });
  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  return {
    get pages() {
      return pages;
    },
    get browser() {
      return browser;
    },
    get context() {
      return context;
    },
    get complaints() {
      return complaints;
    },
    newContext,
    async open(html = '<h1>Casino</h1><button>Play</button>', { context: chosen = context } = {}) {
      const page = await chosen.newPage();
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      const [needs, room] = scripts;
      const path = pages.add(
        `<!doctype html><html lang="en"><meta charset="utf-8"><title>Casino</title><link rel="icon" href="/favicon.ico">
<script src="${needs}"></script><script src="${room}" data-global="_smartico"></script><body>${html}`,
        { 'content-security-policy': policyOf(pages.otherSite) },
      );
      await page.goto(pages.site + path);
      return page;
    },
  };
};

/** What the room did so far. */
export const did = (page: Page): Promise<string[]> => page.evaluate(() => window.stage.did);

/** Waits until the room did this. */
export const until = (page: Page, what: string): Promise<unknown> =>
  page.waitForFunction((wanted) => window.stage.did.includes(wanted), what);
