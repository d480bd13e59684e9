// @vitest-environment node
import { expect, test } from 'vitest';
import { destinationOf, readNotification } from '../../src/sdk/notification.ts';

const SITE = 'https://op.example';

test('a message becomes a notification', () => {
  const message = {
    title: 'Welcome',
    body: 'A gift 🎁',
    icon: 'https://cdn.op.example/i.png',
    action: 'dp:inbox',
  };
  expect(readNotification(JSON.stringify(message), SITE)).toEqual({
    title: 'Welcome',
    options: { body: 'A gift 🎁', icon: 'https://cdn.op.example/i.png', data: { action: 'dp:inbox' } },
  });
});

test.each([
  ['', ''],
  ['just text', 'just text'],
  ['null', 'null'],
  ['5', ''],
  ['[]', ''],
  ['"text"', ''],
  ['{"title":{},"body":5,"icon":[],"action":null}', ''],
  ['{"title":"cut', '{"title":"cut'],
])('what is no message of ours is shown as what can be read of it: %s', (text, body) => {
  expect(readNotification(text, SITE)).toEqual({
    title: 'op.example',
    options: expect.objectContaining({ body, data: { action: '' } }),
  });
});

test.each([
  ['dp:inbox', { link: 'dp:inbox', open: `${SITE}/#_smartico_dp=dp%3Ainbox` }],
  [
    ' DP:action&action=X y',
    { link: ' DP:action&action=X y', open: `${SITE}/#_smartico_dp=%20DP%3Aaction%26action%3DX%20y` },
  ],
  ['https://shop.example/x?y#z', { open: 'https://shop.example/x?y#z' }],
  ['/promo', { open: `${SITE}/promo` }],
  ['', { link: '', open: `${SITE}/` }],
  ['javascript:alert(1)', { link: '', open: `${SITE}/` }],
  ['java\nscript:alert(1)', { link: '', open: `${SITE}/` }],
  ['data:text/html,x', { link: '', open: `${SITE}/` }],
  ['http://shop.example/', { link: '', open: `${SITE}/` }],
  ['file:///etc/passwd', { link: '', open: `${SITE}/` }],
  ['http://localhost:8080/x', { open: 'http://localhost:8080/x' }],
  ['https://', { link: '', open: `${SITE}/` }],
  ['dp:\ud800', { link: '', open: `${SITE}/` }],
])('a click on %j leads where it may', (action, destination) => {
  expect(destinationOf(action, SITE, '_smartico')).toEqual(destination);
});

test('a site on somebody’s own machine opens its own pages', () => {
  expect(destinationOf('/promo', 'http://localhost:8080', '_acme')).toEqual({ open: 'http://localhost:8080/promo' });
  expect(destinationOf('dp:inbox', 'http://localhost:8080', '_acme').open).toBe(
    'http://localhost:8080/#_acme_dp=dp%3Ainbox',
  );
});
