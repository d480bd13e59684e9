import { expect, test, vi } from 'vitest';
import { createTell } from '../../src/sdk/notice.ts';
import { languageOf, own, readSettings, type ScriptTag } from '../../src/sdk/options.ts';

const SRC = 'https://cdn.op.example/lib/smartico.js?v=1';
const read = (label: unknown, options?: unknown, script: ScriptTag = { src: SRC }) => {
  const told: string[] = [];
  const settings = readSettings(label, options, script, (code, about) => void told.push(`${code}: ${about}`));
  return { settings, told };
};

test('a label is enough: the collector is where the script came from, the brand is the label’s first', () => {
  expect(read('label').settings).toEqual({
    label: 'label',
    brand: null,
    address: 'https://cdn.op.example',
    visitor: false,
    language: '',
    debug: false,
    ancestors: [],
    suspendOn: [],
    worker: '/smartico-sw.js',
    publisher: false,
  });
});

test('events go to a publisher in the one format that there is', () => {
  const sessionToken = () => 'token';
  const options = { format: 'clientEvents', sessionToken };
  expect(read('label', options).settings).toMatchObject({ publisher: true, sessionToken });
});

test('what init says wins over the script tag, and the tag over where the script came from', () => {
  const tag = { src: SRC, collector: 'https://tag.example', brand: 'tag', visitor: '' };
  expect(read('label', {}, tag).settings).toMatchObject({
    address: 'https://tag.example',
    brand: 'tag',
    visitor: true,
  });
  const options = { collector: 'https://init.example/', brand_key: 'init', visitor_mode: false };
  expect(read('label', options, tag).settings).toMatchObject({
    address: 'https://init.example',
    brand: 'init',
    visitor: false,
  });
});

test.each([
  ['https://events.op.example', 'https://events.op.example'],
  ['http://localhost:8080/', 'http://localhost:8080'],
  ['https://op.example/collect', 'https://op.example/collect'],
  ['/collect', '/collect'],
])('a collector given as %s has the address %s', (collector, address) => {
  expect(read('label', { collector }).settings?.address).toBe(address);
});

test.each(['', 'events.op.example', '//evil.example', 'javascript:alert(1)', 'ftp://x.example', 'https://', 5, {}])(
  'a collector that is no web address (%j) is told, and nothing starts',
  (collector) => {
    const { settings, told } = read('label', { collector });
    expect([settings, told]).toEqual([undefined, [expect.stringMatching(/^bad_collector: .* is no web address$/)]]);
  },
);

test('without a tag and without an option nobody knows the collector: told', () => {
  expect(read('label', {}, {}).told).toEqual(['bad_collector: undefined is no web address']);
});

test.each([undefined, null, '', '  ', 5, {}])('no label (%j) is told, and nothing starts', (label) => {
  expect(read(label)).toEqual({ settings: undefined, told: ['no_label: init(label, { brand_key })'] });
});

test.each([null, undefined, 5, 'brand'])('options that are none (%j) count as none', (options) => {
  expect(read('label', options).settings).toMatchObject({ brand: null });
});

test('everything that the script tag can say', () => {
  const tag = { src: SRC, lang: 'pt-BR', debug: '', suspendOn: '/deposit*, #cashier /withdraw', sw: '/own-sw.js' };
  expect(read('label', {}, tag).settings).toMatchObject({
    language: 'pt',
    debug: true,
    suspendOn: ['/deposit*', '#cashier', '/withdraw'],
    worker: '/own-sw.js',
  });
  expect(read('label', { lang: 'de', debug: false, suspendOn: ['/x'], sw: '/init-sw.js' }, tag).settings).toMatchObject(
    { language: 'de', debug: false, suspendOn: ['/x'], worker: '/init-sw.js' },
  );
});

test('who may frame the page is a list of the tag’s, or of init’s', () => {
  const tag = { src: SRC, ancestors: 'https://one.example, https://two.example' };
  const own = ['https://init.example'];
  const settings = [read('label', {}, tag).settings, read('label', { ancestors: own }, tag).settings];
  expect(settings.map((one) => one?.ancestors)).toEqual([['https://one.example', 'https://two.example'], own]);
});

test('which frames may call, and what they may besides, is the tag’s to say, or init’s', () => {
  const tag = { src: SRC, frames: 'https://one.example', framesMay: '' };
  expect(read('label').settings).toMatchObject({ frames: undefined, framesMay: undefined });
  expect(read('label', {}, tag).settings).toMatchObject({ frames: 'https://one.example', framesMay: '' });
  const own = { frames: ['https://init.example'], framesMay: 'identify' };
  expect(read('label', own, tag).settings).toMatchObject(own);
});

test.each([
  ['EN', 'en'],
  ['EN-IN', 'en'],
  ['pt-br', 'pt'],
  ['pt_BR', 'pt'],
  ['uk', 'uk'],
  ['zh-Hant-TW', 'zh'],
  ['english', ''],
  ['x', ''],
  [' en', ''],
  ['', ''],
  ['-en', ''],
  ['12', ''],
  [null, ''],
  [undefined, ''],
  [5, ''],
  [{}, ''],
  ['null', ''],
  ['undefined', ''],
])('A2 _smartico_language: %j is the language %j', (given, language) => {
  expect(languageOf(given)).toBe(language);
});

test('the developer is told the same thing once a page, with its cause beside it', () => {
  const log = vi.fn();
  const tell = createTell(log);
  const cause = new Error('quota');
  tell('queue_not_durable', 'no IndexedDB', cause);
  tell('queue_not_durable', 'no IndexedDB', cause);
  tell('queue_not_durable', 'events are only in memory');
  expect(log.mock.calls).toEqual([
    ['[smartico] queue_not_durable: no IndexedDB', cause],
    ['[smartico] queue_not_durable: events are only in memory', ''],
  ]);
});

test('what somebody wrote into `Object.prototype` neither `init` nor the script tag has said', () => {
  const written = {
    ...{ collector: 'https://evil.example', sw: '/evil.js', format: 'clientEvents', visitor_mode: true },
    ...{ frames: ['https://evil.example'], framesMay: 'identify', ancestors: ['https://evil.example'] },
  };
  const said = () => Object.entries(read('label', {}, own({ src: SRC })).settings ?? {});
  const before = said();
  try {
    Object.assign(Object.prototype, written);
    expect(said()).toEqual(before);
  } finally {
    for (const name of Object.keys(written)) Reflect.deleteProperty(Object.prototype, name);
  }
});
