/** E-mails as they leave: what is in them, over a real mail server and as files, and what its answers mean. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plainText } from '../../../src/collector/effects/plain-text.ts';
import { unsubscribePlace } from '../../../src/collector/engine/unsubscribe-place.ts';
import { type MailServer, startMailServer } from '../../support/mail-server.ts';
import { byServer, openWaysOut, type WaysOut } from '../../support/ways-out.ts';

let server: MailServer;
let ways: WaysOut;
beforeEach(async () => {
  server = await startMailServer();
  ways = await openWaysOut();
  ways.messages = { email: { from: 'Shop, Ltd <news@shop.example>', smtp: server.url } };
});
afterEach(async () => {
  await ways.stop();
  await server.stop();
});

const words = (some: object = {}) => ({ subject: 'Hello', html: '<p>Dear <b>Ann</b></p>', text: null, ...some });
const send = (some: object = {}, item: object = {}) => ways.send('email', words(some), item);
/** Headers by lower-case name, unfolded. */
const headersOf = (source: string): Map<string, string> => {
  const lines = source
    .slice(0, source.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
};
/** The one mail that came, its quoted-printable parts read. */
const came = () => {
  expect(server.mails).toHaveLength(1);
  const { from, to, source } = server.mails[0]!;
  const read = source
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { from, to, headers: headersOf(source), body: read.slice(read.indexOf('\r\n\r\n')) };
};
const link = () => ways.links.urlOf({ label: 'My shop', customer: 'u:ann', channel: 'email' });

test('an e-mail goes to the customer by the label’s mail server, as HTML and as text', async () => {
  expect(await send()).toEqual({ is: 'sent', why: '250 taken as 7' });
  const { from, to, headers, body } = came();
  expect([from, to]).toEqual(['news@shop.example', 'ann@customer.example']);
  expect(Object.fromEntries(headers)).toMatchObject({
    from: '"Shop, Ltd" <news@shop.example>',
    to: 'ann@customer.example',
    subject: 'Hello',
    'message-id': '<uid-1@shop.example>',
    date: 'Sat, 21 Nov 2026 12:00:00 +0000',
  });
  expect(body).toContain('<p>Dear <b>Ann</b></p>');
  expect(body).toContain('\r\n\r\nDear Ann\r\n');
});

test('one of text only has no HTML', async () => {
  await send({ html: null, text: 'Dear Ann' });
  const { headers, body } = came();
  expect(headers.get('content-type')).toMatch(/^text\/plain/);
  expect(body.trim()).toBe('Dear Ann');
});

test('its HTML loses what may not be in a popup either: scripts, disguised links, strangers’ pictures', async () => {
  const html =
    '<p onclick="x()">Hi<script>evil()</script><a href="javascript:evil()">1</a><a href="https://evil.example/">2</a>' +
    '<a href="/relative">3</a><a href="https://shop.example/cart">4</a><a href="https://partner.example/">5</a>' +
    '<img src="https://evil.example/pixel.gif"><img src="https://cdn.example/logo.png" alt="Shop"></p>';
  await send({ html });
  const { body } = came();
  expect(body).not.toMatch(/evil|javascript|relative|onclick/);
  expect(body).toContain('href="https://shop.example/cart"');
  expect(body).toContain('href="https://partner.example/"');
  expect(body).toContain('<img src="https://cdn.example/logo.png" alt="Shop"');
});

describe('nobody’s words become a header', () => {
  test.each([
    ['Hello\r\nBcc: all@customer.example', 'Hello Bcc: all@customer.example'],
    ['Hello\n\nBcc: all@customer.example', 'Hello Bcc: all@customer.example'],
    [' Hello\u2028there\u0000 ', 'Hello there'],
    ['x'.repeat(300), 'x'.repeat(250)],
  ])('the subject %j is one line', async (subject, read) => {
    await send({ subject });
    const { headers } = came();
    expect(headers.get('subject')).toBe(read);
    expect([...headers.keys()]).not.toContain('bcc');
  });

  test('the address of a customer is one address or none', async () => {
    ways.properties = { email: byServer('ann@customer.example, all@customer.example') };
    expect(await send()).toEqual({ is: 'never', status: 'no_address', why: 'the property email is no e-mail address' });
    expect(server.connections).toBe(0);
  });
});

describe('unsubscribing', () => {
  test('a mail program is told how, by one click', async () => {
    await send();
    const { headers } = came();
    expect(headers.get('list-unsubscribe')).toBe(`<${link()}>`);
    expect(headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
  });

  test('the words have the customer’s own link where they ask for it, in HTML and in text', async () => {
    await send({ html: `<a href="${unsubscribePlace}">no more</a>`, text: `no more: ${unsubscribePlace}` });
    const { body } = came();
    expect(body).toContain(`href="${link()}"`);
    expect(body).toContain(`no more: ${link()}`);
    expect(body).not.toContain(unsubscribePlace);
  });

  test('a transactional e-mail has no such header', async () => {
    await send({}, { transactional: true });
    expect([...came().headers.keys()].filter((name) => name.startsWith('list-'))).toEqual([]);
  });
});

test('connections to the mail server are kept, and the same message again has the same Message-ID', async () => {
  for (let n = 0; n < 3; n++) await send();
  expect(server.connections).toBe(1);
  const ids = server.mails.map(({ source }) => headersOf(source).get('message-id'));
  expect(ids).toEqual(Array(3).fill('<uid-1@shop.example>'));
});

test('a config that names another mail server is followed, and the first one is let go', async () => {
  await send();
  const first = server;
  server = await startMailServer();
  ways.messages = { email: { from: 'news@shop.example', smtp: server.url } };
  await send();
  expect([first.mails.length, server.mails.length]).toEqual([1, 1]);
  await first.stop();
});

describe('what a mail server says', () => {
  test.each([
    ['RCPT', '550 no such user', 'never'],
    ['RCPT', '450 try later', 'again'],
    ['MAIL', '553 who are you', 'never'],
    ['.', '554 spam', 'never'],
    ['.', '451 later', 'again'],
    ['.', undefined, 'again'],
    ['EHLO', undefined, 'again'],
  ])('to %s: %s is %s', async (command, answer, is) => {
    server.answers.set(command, answer);
    const sending = await send();
    expect(sending).toMatchObject({ is, why: expect.stringContaining(answer ?? '') });
    expect(server.mails).toEqual([]);
  });

  test('a mail that it hung up on is not sent a second time behind the outbox’s back', async () => {
    server.answers.set('.', undefined);
    await send();
    expect(server.connections).toBe(1);
  });

  test('no mail server there is tried again', async () => {
    ways.messages = { email: { from: 'news@shop.example', smtp: 'smtp://127.0.0.1:1' } };
    expect(await send()).toMatchObject({ is: 'again', why: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('without a mail server an e-mail is a file', () => {
  const mails = () => readdir(join(ways.dataDir, 'mail/My%20shop'));
  beforeEach(() => {
    ways.messages = { email: { from: 'news@shop.example', smtp: null } };
  });

  test('whole, under its uid, and for nobody else to read', async () => {
    expect(await send()).toEqual({
      is: 'sent',
      why: 'written to mail/My%20shop/uid-1.eml: the label has no mail server',
    });
    const file = join(ways.dataDir, 'mail/My%20shop/uid-1.eml');
    const headers = headersOf(await readFile(file, 'utf8'));
    expect([headers.get('to'), headers.get('subject')]).toEqual(['ann@customer.example', 'Hello']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await mails()).toEqual(['uid-1.eml']);
  });

  test('the same one again is the same file', async () => {
    await send();
    await send();
    expect(await mails()).toEqual(['uid-1.eml']);
  });

  test.each(['../../etc/passwd', '..', '.hidden', 'a/b\\c'])('called %j it stays in its folder', async (uid) => {
    await send({}, { uid });
    const [name, ...others] = await mails();
    expect(others).toEqual([]);
    expect(name).toMatch(/^[^./\\][^/\\]*\.eml$/);
  });

  test('and is gone when its customer is', async () => {
    await send();
    await ways.files.forget('My shop', ['uid-1', 'never-written']);
    expect(await mails()).toEqual([]);
  });

  test('a folder that cannot be written to is tried again, and says so', async () => {
    await writeFile(join(ways.dataDir, 'mail'), '');
    expect(await send()).toMatchObject({ is: 'again', why: expect.stringMatching(/EEXIST|ENOTDIR/) });
  });
});

test.each([
  ['<h1>Hello</h1><p>Dear Ann,</p><p>come back.</p>', 'Hello\n\nDear Ann,\n\ncome back.'],
  ['<p>one<br />two</p>', 'one\ntwo'],
  ['<ul><li>tea</li><li>cake</li></ul>', '- tea\n- cake'],
  [
    '<a href="https://shop.example/?a=1&amp;b=2" target="_blank">the shop</a>',
    'the shop (https://shop.example/?a=1&b=2)',
  ],
  ['<a href="https://shop.example/">https://shop.example/</a>', 'https://shop.example/'],
  ['<style>p { color: red }</style><p>a   b\n c</p>', 'a b c'],
  ['<table><tr><td>tea</td><td>2</td></tr><tr><td>cake</td><td>3</td></tr></table>', 'tea 2\ncake 3'],
  ['<img src="https://cdn.example/x.png" alt="A cake" />', 'A cake'],
  ['5 &lt; 6 &amp;amp; &quot;so&quot;', '5 < 6 &amp; "so"'],
])('as text %s reads %j', (html, text) => expect(plainText(html)).toBe(text));
