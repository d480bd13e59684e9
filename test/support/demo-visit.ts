/**
 * A visit to the demo's site: a collector of its own, a fresh browser, and everything that its pages told. Whatever a test is
 * about, no page may violate its policy.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openBrowser, openShadows } from './browser.ts';
import { type RunningCollector, startCollector } from './collector.ts';

interface Arrived {
  event_type: string;
  user_ext_id: string | null;
  source: string;
  trust: string;
  payload: { [name: string]: unknown };
}

export interface DemoVisit {
  readonly collector: RunningCollector;
  readonly page: Page;
  /** Errors on the console, and what a page threw. */
  readonly told: string[];
  open(path: string): Promise<unknown>;
  /** @param how the site tells the SDK, as the form has it */
  logIn(how: string): Promise<void>;
  identified(): Promise<void>;
  press(name: string): Promise<void>;
  arrived(): Promise<Arrived[]>;
  /** The events that have a name: a login is nothing that the visitor did. */
  named(): Promise<Arrived[]>;
  /** What the visitor did, by name and customer, once it is as many as expected. */
  expectArrived(...expected: [name: string, user: string | null][]): Promise<void>;
}

const nameOf = ({ client_action, core_last_login_entry }: Arrived['payload']): unknown =>
  client_action ?? core_last_login_entry;

export const demoVisit = (): DemoVisit => {
  let collector: RunningCollector;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let told: string[];

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    collector = await startCollector();
    context = await browser.newContext();
    await openShadows(context);
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        console.error(`violation of ${violatedDirective}: ${blockedURI}`);
      });
    });
    page = await context.newPage();
    told = [];
    context.on('console', (message) => message.type() === 'error' && told.push(message.text()));
    context.on('weberror', (error) => told.push(String(error.error())));
  });
  afterEach(async () => {
    await context.close();
    await collector.stop();
    expect(told.filter((text) => /violation|Content Security Policy|Trusted/.test(text))).toEqual([]);
  });

  const open = (path: string) => page.goto(collector.url + path);
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const arrived = async (): Promise<Arrived[]> => {
    const headers = { authorization: 'Bearer demo-admin' };
    const response = await fetch(`${collector.url}/v1/events?limit=1000`, { headers });
    return ((await response.json()) as { events: Arrived[] }).events;
  };
  const named = async () => (await arrived()).filter(({ payload }) => nameOf(payload));

  return {
    get collector() {
      return collector;
    },
    get page() {
      return page;
    },
    get told() {
      return told;
    },
    open,
    async logIn(how) {
      await open('/profile.html');
      await page.getByLabel(how).check();
      await press('Log in');
      await page.getByText('Logged in as test98635568.', { exact: true }).waitFor();
    },
    identified: () => page.evaluate(() => window._smartico.identified()),
    press,
    arrived,
    named,
    expectArrived: (...expected) =>
      expect
        .poll(async () => (await named()).map(({ payload, user_ext_id }) => [nameOf(payload), user_ext_id]))
        .toEqual(expected),
  };
};
