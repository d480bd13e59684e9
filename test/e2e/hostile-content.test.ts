/** HTML that somebody sends in an operator's name, in a real browser: framed as the SDK frames it, and opened by itself. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { contentText, type PopupContent } from '../../src/collector/engagement/content.ts';
import hostile from '../fixtures/hostile-html.json' with { type: 'json' };
import { openBrowser } from '../support/browser.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { type PageServer, startPageServer } from '../support/page-server.ts';
import { until } from '../support/until.ts';

// Hundreds of documents are loaded, on machines of any speed.
vi.setConfig({ testTimeout: 240_000 });

/** Whoever the hostile HTML would tell: anything that reaches it, it remembers, be it a request or a bare connection. */
let listener: Server;
let evil: string;
let reached: string[];
let collector: CollectorHere;
let pages: PageServer;
let browser: Browser;
let context: BrowserContext;
/** What the browser said: a script that ran, or a rule that had to stop one. */
let said: string[];
let vectors: string[];
/** Of those of which something is left. */
let uids: string[];

beforeAll(async () => {
  reached = [];
  listener = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (bytes) => {
      reached.push(bytes.toString('latin1').split('\r\n', 1)[0]!);
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\naccess-control-allow-origin: *\r\nconnection: close\r\n\r\n');
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  evil = `evil.example:${(listener.address() as AddressInfo).port}`;
  vectors = Object.values(hostile)
    .flat()
    .map((html) => html.replaceAll('EVIL', evil));
  pages = await startPageServer();
  collector = await startHere({
    label: { origins: [pages.site], linkHosts: ['op.example'], assetHosts: ['https://cdn.op.example'] },
  });
  uids = await send();
  browser = await openBrowser({
    hosts: { 'evil.example': '127.0.0.1', 'op.example': '127.0.0.1:1', 'cdn.op.example': '127.0.0.1:1' },
  });
});
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
  await pages?.close();
  listener?.close();
});
beforeEach(async () => {
  reached = [];
  said = [];
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.on('console', (message) => {
    // Pictures of a host that is not there: the browser's word for the network, not for a rule.
    if (!message.text().startsWith('Failed to load resource')) said.push(message.text());
  });
  context.on('dialog', (dialog) => {
    said.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('weberror', (error) => said.push(String(error.error())));
});
afterEach(() => context.close());

/** Sends each as an operator would; those of which nothing is left are refused, and have no address. */
const send = async (): Promise<string[]> => {
  const kept: string[] = [];
  for (const html of vectors) {
    const response = await fetch(`${collector.url}/v1/customers/ann/engagements`, {
      method: 'POST',
      headers: { authorization: 'demo-admin' },
      body: JSON.stringify({ kind: 'popup', title: 'x', html }),
    });
    const answer = (await response.json()) as { engagement_uid: string; mistakes?: { code: string }[] };
    if (response.status === 201) kept.push(answer.engagement_uid);
    else expect(answer.mistakes).toMatchObject([{ code: 'nothing_left' }]);
  }
  return kept;
};

const contentUrl = (uid: string): string => `${collector.url}/content/demo-label/${uid}`;
/** The attributes of the SDK's frame. */
const sdkFrame = 'sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"';
const frame = (uid: string, attributes: string): string => `<iframe ${attributes} src="${contentUrl(uid)}"></iframe>`;
const inPieces = <One>(all: One[], size: number): One[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));

/** Shows them all in the operator's page, a few at a time. */
const framed = async (uids: string[], look: (page: Page) => Promise<void>, attributes = sdkFrame): Promise<void> => {
  for (const some of inPieces(uids, 40)) {
    const page = await context.newPage();
    await page.goto(
      pages.site +
        pages.add(
          `<!doctype html><title>shop</title><style>iframe{width:110px;height:60px}</style>${some.map((uid) => frame(uid, attributes)).join('')}`,
        ),
    );
    await look(page);
    expect(await page.evaluate(() => [document.title, '__ran' in window, window.length])).toEqual([
      'shop',
      false,
      some.length,
    ]);
    await page.close();
  }
};

/** A visitor who clicks into every frame, where the first words of each stand. */
const clickEverything = async (page: Page): Promise<void> => {
  const opened: Page[] = [];
  page.on('popup', (popup) => opened.push(popup));
  for (const one of await page.locator('iframe').all()) {
    const { x, y } = (await one.boundingBox())!;
    await page.mouse.click(x + 20, y + 26);
  }
  for (const popup of opened) {
    await popup.waitForURL((url) => url.href !== 'about:blank');
    expect(popup.url()).toMatch(/^(https:\/\/op\.example\/|chrome-error:)/);
    await popup.close();
  }
};

test('the listener and the probes would notice', async () => {
  const page = await context.newPage();
  const picture = vectors.find((html) => html.startsWith('<img src=http://'))!;
  await page.goto(pages.site + pages.add(`<!doctype html>${picture}<script>console.log('ran');alert('ran')</script>`));
  await until(() => reached.length > 0 && said.length > 1);
  expect(said.join()).toMatch(/ran.*ran/);
});

test('framed as the SDK frames it, nothing runs, nothing leaves, and no rule had to stop anything', async () => {
  expect(uids.length).toBeGreaterThan(150);
  await framed(uids, clickEverything);
  expect(said).toEqual([]);
  expect(reached).toEqual([]);
});

test('opened by itself, without a frame that holds it, it is as harmless', async () => {
  await framed(uids, clickEverything, 'referrerpolicy="no-referrer"');
  const page = await context.newPage();
  for (const uid of uids.filter((_, at) => at % 10 === 0)) {
    await page.goto(contentUrl(uid));
    expect(await page.evaluate(() => [origin, document.title, '__ran' in window])).toEqual(['null', '', false]);
  }
  expect(said).toEqual([]);
  expect(reached).toEqual([]);
});

test('were the cleaning to miss it all, still no script would run, and nothing would load', async () => {
  const keep = async (html: string, uid: string): Promise<string> => {
    const popup = { dir: null } as PopupContent['popup'];
    await collector.users.keepContent(collector.label.name, uid, contentText({ kind: 'popup', popup, html }));
    return uid;
  };
  const uncleaned = await Promise.all(vectors.map((html, at) => keep(html, `uncleaned-${at}`)));
  const last = await keep(`<img src=http://${evil}/last>`, 'last');
  /** All are loaded, and then one more is, whose picture a rule has to stop: by then the others had their time. */
  const meetTheRules = async (page: Page): Promise<void> => {
    const stopped = () => said.filter((text) => text.includes('/last')).length;
    const before = stopped();
    const frame = await page.evaluateHandle((src) => {
      const frame = Object.assign(document.createElement('iframe'), { src });
      document.body.append(frame);
      return frame;
    }, contentUrl(last));
    await until(() => stopped() > before);
    await frame.evaluate((it) => it.remove());
  };
  await framed(uncleaned, meetTheRules);
  // In a sandbox a script that runs is mostly heard of by what it may not do.
  expect(said.filter((text) => /^(ran|a dialog|Ignored call)|^\w*Error: /.test(text))).toEqual([]);
  // What no policy stops: a document may send itself elsewhere (`meta refresh`), and look up a host. The cleaning does.
  expect(reached.filter((line) => !/^GET \/(r|steal)? HTTP/.test(line))).toEqual([]);
});
