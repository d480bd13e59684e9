/** When a changed config is read, and what becomes of it: with a real file, looked at by hand. */
import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/collector/config/config.ts';
import { configDifference } from '../../src/collector/config/difference.ts';
import { readConfigFor } from '../../src/collector/config/file.ts';
import { settingsOf } from '../../src/collector/config/settings.ts';
import { markOf, watchConfig } from '../../src/collector/config/watch.ts';

const label = (more: object = {}) => ({
  name: 'Casino',
  keys: { public: ['p1'], secret: ['s1'], admin: ['a1'] },
  brands: ['main'],
  origins: ['self'],
  ...more,
});
const configOf = (value: object) => {
  const parsed = parseConfig(value);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  return parsed;
};

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-config-'));
  file = join(directory, 'config.json');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const put = (value: unknown, at = file) => writeFile(at, typeof value === 'string' ? value : JSON.stringify(value));

const watching = async (host = '127.0.0.1') => {
  const read = readConfigFor(host);
  const mark = await markOf(file);
  const first = await read(file);
  if (!first.ok) throw new Error(JSON.stringify(first.mistakes));
  const settings = settingsOf(first, 1);
  const told: unknown[] = [];
  const news = {
    inForce: (changed: string[], afterRestart: string[]) => void told.push({ changed, afterRestart }),
    warned: () => {},
    refused: (mistakes: { path: string }[]) => void told.push(mistakes.map(({ path }) => path)),
    failed: (cause: unknown) => void told.push(cause),
  };
  const watch = watchConfig({ file, settings, read, news, now: () => 2 }, mark);
  return { settings, told, ...watch, brands: () => settings.labels().map(({ brands }) => brands.join()) };
};

describe('the file', () => {
  test('is read when it was quiet for one look', async () => {
    await put({ labels: [label()] });
    const { look, brands, told } = await watching();
    await look();
    await put({ labels: [label({ brands: ['changed'] })] });
    await look();
    expect(brands()).toEqual(['main']);
    await look();
    expect(brands()).toEqual(['changed']);
    await look();
    expect(told).toEqual([{ changed: ['Casino: brands'], afterRestart: [] }]);
  });

  test('may be half written while it is looked at', async () => {
    await put({ labels: [label()] });
    const { look, brands, told } = await watching();
    const text = JSON.stringify({ labels: [label({ brands: ['changed'] })] });
    await put(text.slice(0, 20));
    await look();
    await put(text);
    await look();
    await look();
    expect([brands(), told]).toEqual([['changed'], [{ changed: ['Casino: brands'], afterRestart: [] }]]);
  });

  test('may be another one in the place of the old, of the same size and time', async () => {
    await put({ labels: [label({ brands: ['old'] })] });
    const at = new Date(1_700_000_000_000);
    await utimes(file, at, at);
    const { look, brands } = await watching();
    await put({ labels: [label({ brands: ['new'] })] }, `${file}.tmp`);
    await utimes(`${file}.tmp`, at, at);
    await rename(`${file}.tmp`, file);
    await look();
    await look();
    expect(brands()).toEqual(['new']);
  });

  test('may be behind a link that turns, as in a container', async () => {
    for (const version of ['one', 'two']) {
      await mkdir(join(directory, version));
      await put({ labels: [label({ brands: [version] })] }, join(directory, version, 'config.json'));
    }
    await symlink('one', join(directory, 'current'));
    await symlink('current/config.json', file);
    const { look, brands } = await watching();
    await symlink('two', join(directory, 'next'));
    await rename(join(directory, 'next'), join(directory, 'current'));
    await look();
    await look();
    expect(brands()).toEqual(['two']);
  });

  test('is read at once when somebody asks for it', async () => {
    await put({ labels: [label()] });
    const { look, readNow, brands, told } = await watching();
    await put({ labels: [label({ brands: ['changed'] })] });
    await readNow();
    expect(brands()).toEqual(['changed']);
    await look();
    await look();
    expect(told).toHaveLength(1);
  });
});

describe('a file with mistakes', () => {
  test('changes nothing, is told once, and is forgotten when it is right', async () => {
    await put({ labels: [label()] });
    const { look, brands, told, settings } = await watching();
    await put({ labels: [label({ brands: [] }), label({ name: 'Poker', keys: { public: [] } })] });
    for (let looks = 0; looks < 5; looks++) await look();
    expect(told).toEqual([['labels[0].brands', 'labels[1].keys.public']]);
    expect(brands()).toEqual(['main']);
    expect(settings.news()).toMatchObject({
      since: 1,
      refused: { at: 2, labels: ['Casino', 'Poker'], mistakes: [{ path: 'labels[0].brands' }, {}] },
    });

    await put({ labels: [label()] });
    await look();
    await look();
    expect(settings.news()).toMatchObject({ since: 2, refused: null });
  });

  test.each<[string, () => Promise<void>]>([
    ['no JSON', () => put('{ "labels": [')],
    ['nothing', () => put('')],
    ['gone', () => rm(file)],
    [
      'with a key of the demo, where others reach the collector',
      () => put({ labels: [label({ keys: { public: ['demo-label'] } })] }),
    ],
  ])('may be %s', async (_, change) => {
    await put({ labels: [label()] });
    const { look, brands, settings } = await watching('0.0.0.0');
    await change();
    await look();
    await look();
    expect(brands()).toEqual(['main']);
    expect(settings.news().refused?.mistakes).toHaveLength(1);
  });
});

test.each<[string, string, string]>([
  ['a comma too many', '{\n"keys": {"secret": ["sk_secret",] }}', "Unexpected token ']' (line 2)"],
  ['a key without quotes', '{"keys": sk_secret}', "Unexpected token 's' (line 1)"],
  [
    'a comma too few',
    '{\n\n"secret": "sk_secret" "b": 1}',
    "Expected ',' or '}' after property value in JSON at position 25 (line 3)",
  ],
  ['its end missing', '{\n"secret": "sk_secret",\n"b":', 'Unexpected end of JSON input (line 3)'],
])('a file with %s is refused by the line, without a word of what stands there', async (_, text, reason) => {
  await put(text);
  const parsed = await readConfigFor('127.0.0.1')(file);
  expect(parsed).toMatchObject({ ok: false, mistakes: [{ path: file, reason: `is not JSON: ${reason}` }] });
});

test('what cannot change without a restart stays, and is named', async () => {
  await put({ publicUrl: 'https://a.example', labels: [label()] });
  const { look, told, settings } = await watching();
  await put({ publicUrl: 'https://b.example', trustedProxies: ['10.0.0.0/8'], labels: [label({ brands: ['b'] })] });
  await look();
  await look();
  expect(told).toEqual([{ changed: ['Casino: brands'], afterRestart: ['publicUrl', 'trustedProxies'] }]);
  expect(settings.config()).toMatchObject({ publicUrl: 'https://a.example', trustedProxies: [] });
  expect(settings.news().afterRestart).toEqual(['publicUrl', 'trustedProxies']);
});

test('what changed is told by name', () => {
  const step = { steps: [{ tag: 'a' }] };
  const before = configOf({
    labels: [
      label({
        segments: { VIP: { tag: 'vip' }, OLD: { tag: 'old' } },
        campaigns: { A: { on: { event: 'X' }, ...step }, B: { on: { event: 'Y' }, ...step } },
        templates: { T: { subject: 's', text: 't' } },
      }),
      label({ name: 'Poker', keys: { public: ['p2'] } }),
    ],
  });
  const after = configOf({
    labels: [
      label({
        keys: { public: ['p3'] },
        segments: { VIP: { tag: 'vip2' }, NEW: { tag: 'new' } },
        campaigns: { B: { on: { event: 'Y' }, ...step }, A: { on: { event: 'X' }, ...step } },
        templates: { T: { subject: 's', text: 'other' } },
        levels: [{ id: 1, name: 'One', points: 0 }],
      }),
      label({ name: 'Bingo', keys: { public: ['p4'] } }),
    ],
  });
  expect(configDifference(before.config, after.config)).toEqual([
    'Casino: keys',
    'Casino: levels',
    'Casino: segments.VIP',
    'Casino: segments.OLD',
    'Casino: segments.NEW',
    'Casino: campaigns',
    'Casino: templates.T',
    'Poker: gone',
    'Bingo: new',
  ]);
  expect(configDifference(after.config, after.config)).toEqual([]);
});
