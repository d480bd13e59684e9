/** A test file's browser, and in it for each test a visitor who was never here: an error that their pages do not catch fails it. */
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type BrowserStart, openBrowser } from './browser.ts';

/** Call where the tests stand. @param arrives before each of them, with the visitor's device, which is gone afterwards */
export const eachVisitor = (arrives: (context: BrowserContext) => unknown, start?: BrowserStart): void => {
  let browser: Browser;
  let context: BrowserContext;
  let uncaught: string[];
  beforeAll(async () => {
    browser = await openBrowser(start);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    context = await browser.newContext();
    uncaught = [];
    context.on('weberror', (one) => uncaught.push(String(one.error())));
    await arrives(context);
  });
  afterEach(async () => {
    await context.close();
    expect(uncaught).toEqual([]);
  });
};
