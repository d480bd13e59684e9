/**
 * The sample of `deploy/nginx` in front of a real collector: TLS on a host of its own, and the first-party path below the
 * site's. What a page does through it, what it keeps to itself, and whose address counts.
 */
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batch, browserEvent } from '../support/batches.ts';
import { openBrowser, openShadows } from '../support/browser.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { freePort, hasNginx, type Nginx, startNginx } from '../support/nginx.ts';
import { operatorOf } from '../support/operator.ts';

const PAGE = `<!doctype html><meta charset="utf-8"><title>Casino</title><link rel="icon" href="data:,"><h1>Casino</h1>
<script src="/events/smartico.js" data-collector="/events" data-label="site-label"></script>`;

describe.skipIf(!hasNginx)('behind nginx (skipped where there is none)', () => {
  let collector: RunningCollector;
  let nginx: Nginx;
  let browser: Browser;
  let page: Page;
  const at = (host: string) => `https://${host}:${nginx.port}`;

  beforeAll(async () => {
    const port = await freePort();
    const label = (name: string, more: object = {}) => ({
      name,
      keys: { public: [`${name}-label`], secret: [`${name}-secret`], admin: [`${name}-admin`] },
      brands: ['main'],
      origins: [`https://op.example:${port}`],
      hashes: { salts: [`${name}-salt-of-a-good-length`] },
      ...more,
    });
    collector = await startCollector({
      config: {
        publicUrl: `https://events.op.example:${port}`,
        trustedProxies: ['127.0.0.1'],
        labels: [label('site'), label('slow', { rates: { address: { perSecond: 0.001, burst: 2 } } })],
      },
    });
    nginx = await startNginx(collector.port, port);
    await writeFile(join(nginx.root, 'index.html'), PAGE);
    browser = await openBrowser({ hosts: { 'op.example': '127.0.0.1', 'events.op.example': '127.0.0.1' } });
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    await openShadows(context);
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await nginx?.close();
    await collector?.stop();
  });

  const agent = new Agent({ rejectUnauthorized: false });
  interface Asked {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
  }
  const ask = (url: string, { method = 'GET', headers = {}, body }: Asked = {}) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const { hostname, pathname, search } = new URL(url);
      const asked = request(
        { host: '127.0.0.1', port: nginx.port, path: pathname + search, method, agent, servername: hostname },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        },
      );
      asked.setHeader('host', `${hostname}:${nginx.port}`);
      for (const [name, value] of Object.entries(headers)) asked.setHeader(name, value);
      asked.on('error', reject).end(body);
    });

  test('below the first-party path a page reports, is sent a popup with HTML, and shows the widget', async () => {
    const foreign: string[] = [];
    page.on('request', (asked) => {
      if (new URL(asked.url()).host !== `op.example:${nginx.port}` && !asked.url().startsWith('data:'))
        foreign.push(asked.url());
    });
    await page.goto(`${at('op.example')}/`);
    await page.evaluate(async () => {
      window._smartico.online('ann', 'en');
      window._smartico.action('CashierSubmitClicked');
      await window._smartico.identified();
    });
    const operator = operatorOf(() => ({ url: collector.url, admin: 'site-admin' }));
    await expect
      .poll(async () => (await operator.customer('ann')).timeline.map(({ payload }) => payload.client_action))
      .toContain('CashierSubmitClicked');
    await operator.popup('ann', 'Free spins', { html: '<p>Ten of them</p>' });
    const popup = page.getByRole('dialog', { name: 'Free spins' });
    await popup.waitFor();
    expect(await popup.locator('iframe').contentFrame().locator('p').textContent()).toBe('Ten of them');
    await popup.getByRole('button', { name: 'Close' }).click();
    await page.evaluate(() => void window._smartico.showWidget('short_info'));
    const widget = page.getByRole('dialog', { name: 'Profile' }).locator('iframe').contentFrame();
    await widget.getByText('ann').first().waitFor();
    expect(foreign).toEqual([]);
  });

  test('what only the operator reads is not on the site, and is on the host of its own', async () => {
    const admin = { headers: { authorization: 'Bearer site-admin' } };
    const paths = ['/live', '/metrics', '/openapi.json', '/v1/events', '/v1/losses', '/api/external/events/v2'];
    const statuses = async (base: string) =>
      Promise.all(paths.map(async (path) => (await ask(base + path, admin)).status));
    expect(await statuses(`${at('op.example')}/events`)).toEqual([404, 404, 404, 403, 404, 404]);
    expect((await statuses(at('events.op.example'))).slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
  });

  test('an address that a client made up is not believed', async () => {
    const statusFor = async (address: string) => {
      const headers = { 'x-forwarded-for': address, origin: at('op.example') };
      const body = JSON.stringify(batch([browserEvent()], { label_key: 'slow-label' }));
      return (await ask(`${at('op.example')}/events/v1/events`, { method: 'POST', headers, body })).status;
    };
    expect([await statusFor('1.1.1.1'), await statusFor('2.2.2.2'), await statusFor('3.3.3.3')]).toEqual([
      200, 200, 429,
    ]);
  });

  test('a body that is too large is refused by the collector, in words that the SDK understands', async () => {
    const body = 'x'.repeat(1_500_000);
    const { status, text } = await ask(`${at('op.example')}/events/v1/events`, { method: 'POST', body });
    expect([status, JSON.parse(text).code]).toEqual([413, 'body_too_large']);
  });

  test('the live feed comes through as it happens', async () => {
    const url = new URL(`${at('events.op.example')}/v1/live`);
    const eid = browserEvent().eid;
    const heard = new Promise<string>((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: nginx.port, path: url.pathname, servername: url.hostname, agent },
        (stream) => {
          let text = '';
          stream.setEncoding('utf8').on('data', (chunk: string) => {
            // The first word says that it listens.
            if (text === '')
              void ask(`${at('op.example')}/events/v1/events`, {
                method: 'POST',
                body: JSON.stringify(batch([browserEvent({ eid })], { label_key: 'site-label' })),
              }).catch(reject);
            text += chunk;
            if (text.includes(eid)) {
              asked.destroy();
              resolve(text);
            }
          });
        },
      );
      asked.setHeader('host', url.host);
      asked.setHeader('authorization', 'Bearer site-admin');
      asked.on('error', reject).end();
    });
    expect(await heard).toContain(eid);
  });
});
