/** The config's mistakes, each with its path and reason, all at once. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type Label, parseConfig } from '../../src/collector/config/config.ts';
import { noDefinitions } from '../../src/collector/engine/no-definitions.ts';

const label = {
  name: 'Casino',
  keys: { public: ['p1'], secret: ['s1'], admin: ['a1'] },
  brands: ['main'],
  origins: ['self'],
};
const mistakesOf = (value: unknown): string[] => {
  const parsed = parseConfig(value);
  return parsed.ok ? [] : parsed.mistakes.map(({ path, reason }) => `${path}: ${reason}`);
};
const SHARE = 'labels[0].gamificationShare: must be a number of 0 to 100, got 110';
const ONE_RULE =
  'must have exactly one of all, any, not, tag, language, points, property, controlGroup, entryPoint, level, utm, badge, mission, segment, event';
const deep = (levels: number): object => (levels === 0 ? { tag: 'x' } : { not: deep(levels - 1) });
const withLabel = (more: object) => ({ labels: [{ ...label, ...more }] });

test('a label needs little, and the rest has its defaults', () => {
  const parsed = parseConfig({ labels: [label] });
  expect(parsed).toMatchObject({ ok: true, config: { publicUrl: null, trustedProxies: [] }, warnings: [] });
  expect((parsed as { config: { labels: Label[] } }).config.labels[0]).toEqual({
    ...label,
    hashes: { salts: [], required: false, maxValidityDays: null, graceDays: 7, form: 'any' },
    deepLinkActions: 'all',
    linkKeys: [],
    strictFieldCodes: false,
    retentionDays: null,
    gamificationShare: 100,
    ...noDefinitions,
    deepLinks: {},
    linkHosts: [],
    assetHosts: [],
    suspendOn: [],
    honorGpc: false,
    push: { subject: 'mailto:push@localhost' },
    rates: { label: { perSecond: 50_000, burst: 200_000 }, address: { perSecond: 2_000, burst: 20_000 } },
  });
});

test('what a label says of its surfaces is read as it will be used', () => {
  const parsed = parseConfig(
    withLabel({
      gamificationShare: 10,
      segments: {
        VIP: { all: [{ tag: ' vip ' }, { not: { language: 'EN-us' } }] },
        NEW: { property: 'deposits', is: 0 },
      },
      deepLinks: { Deposit: 'https://op.example/deposit', cashier: '/cashier?from=link' },
      linkHosts: ['op.example', 'op.example:8443'],
      assetHosts: ['https://cdn.op.example'],
      suspendOn: ['/deposit*', '*#cashier'],
      honorGpc: true,
      hashes: { salts: ['s'], form: 'v2' },
      push: { subject: 'mailto:crm@op.example' },
    }),
  );
  expect((parsed as { config: { labels: Label[] } }).config.labels[0]).toMatchObject({
    gamificationShare: 10,
    segments: { VIP: { all: [{ tag: 'VIP' }, { not: { language: 'en' } }] }, NEW: { property: 'deposits', is: 0 } },
    deepLinks: { deposit: 'https://op.example/deposit', cashier: '/cashier?from=link' },
    linkHosts: ['op.example', 'op.example:8443'],
    assetHosts: ['https://cdn.op.example'],
    suspendOn: ['/deposit*', '*#cashier'],
    honorGpc: true,
    hashes: { form: 'v2' },
    push: { subject: 'mailto:crm@op.example' },
  });
});

test('the demo’s config is one', async () => {
  const parsed = parseConfig(JSON.parse(await readFile('demo/config.json', 'utf8')));
  expect(parsed).toMatchObject({
    ok: true,
    warnings: [{ path: 'labels[0].hashes.salts[0]' }, { path: 'labels[1].hashes.salts[0]' }],
  });
});

describe.each<[string, unknown, string[]]>([
  ['nothing', null, [': must be an object, got null']],
  ['no labels', {}, ['labels: is missing']],
  ['an empty list of labels', { labels: [] }, ['labels: must have at least one label']],
  [
    'a misspelt name',
    { labels: [label], trustedProxy: [] },
    ['trustedProxy: is not a name that is known here; did you mean "trustedProxies"?'],
  ],
  [
    'a name nobody can have meant',
    { labels: [label], xyzzy: 1 },
    ['xyzzy: is not a name that is known here ($schema, publicUrl, trustedProxies, labels)'],
  ],
  [
    'a misspelt setting',
    withLabel({ hashes: { requierd: true } }),
    ['labels[0].hashes.requierd: is not a name that is known here; did you mean "required"?'],
  ],
  [
    'a key that is no text',
    withLabel({ keys: { public: ['p1', 7, ''] } }),
    [
      'labels[0].keys.public[1]: must be a text that is not empty, got number',
      'labels[0].keys.public[2]: must be a text that is not empty, got an empty one',
    ],
  ],
  ['no public key', withLabel({ keys: { public: [] } }), ['labels[0].keys.public: must have at least one entry']],
  [
    'an origin with a path',
    withLabel({ origins: ['https://op.example/'] }),
    ['labels[0].origins[0]: must be exactly an origin; did you mean https://op.example?'],
  ],
  [
    'an origin without a scheme',
    withLabel({ origins: ['op.example'] }),
    ['labels[0].origins[0]: must be "self", "null" or an origin such as https://op.example'],
  ],
  [
    'an origin with a star',
    withLabel({ origins: ['*'] }),
    ['labels[0].origins[0]: must be "self", "null" or an origin such as https://op.example'],
  ],
  [
    'required hashes without a salt',
    withLabel({ hashes: { required: true } }),
    ['labels[0].hashes.required: needs at least one salt in hashes.salts'],
  ],
  [
    'signed links without a key',
    withLabel({ deepLinkActions: 'signed' }),
    ['labels[0].deepLinkActions: is "signed", which needs at least one key in linkKeys'],
  ],
  [
    'a policy that is none',
    withLabel({ deepLinkActions: 'some' }),
    ['labels[0].deepLinkActions: must be "all", "signed" or { "listed": [...] }'],
  ],
  [
    'a text for a number',
    withLabel({ retentionDays: '30' }),
    ['labels[0].retentionDays: must be a number above 0, got string'],
  ],
  [
    'a rate of nothing',
    withLabel({ rates: { label: { perSecond: 0, burst: 0.5 } } }),
    [
      'labels[0].rates.label.perSecond: must be a number above 0, got 0',
      'labels[0].rates.label.burst: must be a number of 1 or more, got 0.5',
    ],
  ],
  [
    'a flag that is a text',
    withLabel({ strictFieldCodes: 'yes' }),
    ['labels[0].strictFieldCodes: must be true or false, got string'],
  ],
  [
    'a proxy that is a name',
    { labels: [label], trustedProxies: ['proxy.local'] },
    ['trustedProxies[0]: must be an address or a range such as 10.0.0.0/8'],
  ],
  [
    'a proxy range that is too long',
    { labels: [label], trustedProxies: ['10.0.0.0/40'] },
    ['trustedProxies[0]: must be an address or a range such as 10.0.0.0/8'],
  ],
  [
    'two keys with one value',
    { labels: [label, { ...label, name: 'Other', keys: { public: ['a1'], secret: ['s2'] } }] },
    ['labels[1].keys.public[0]: is the same key as labels[0].keys.admin[0]; each may stand once'],
  ],
  [
    'two labels with one name',
    { labels: [label, { ...label, keys: { public: ['p2'] } }] },
    ['labels[1].name: is the same name as labels[0].name; each may stand once'],
  ],
  ['a share of more than all', withLabel({ gamificationShare: 110 }), [SHARE]],
  [
    'segments with rules that are none',
    withLabel({
      segments: {
        A: { tag: 'x', language: 'en' },
        B: { points: {} },
        C: { all: [] },
        D: { property: 'vip' },
        E: { language: 'english' },
        F: 'VIP',
        G: { tga: 'x' },
        H: { points: { min: 2, max: 1 } },
        I: { tag: 'x', is: 1 },
      },
    }),
    [
      `labels[0].segments.A: ${ONE_RULE}`,
      'labels[0].segments.B.points: must have min, max or both',
      'labels[0].segments.C.all: must have at least one rule',
      'labels[0].segments.D.is: is missing',
      'labels[0].segments.E.language: must be a language such as "en"',
      'labels[0].segments.F: must be an object, got string',
      'labels[0].segments.G.tga: is not a name that is known here; did you mean "tag"?',
      `labels[0].segments.G: ${ONE_RULE}`,
      'labels[0].segments.H.points: has a min above its max',
      'labels[0].segments.I.is: belongs to "property"',
    ],
  ],
  [
    'a segment without a floor',
    withLabel({ segments: { DEEP: deep(22) } }),
    [`labels[0].segments.DEEP${'.not'.repeat(21)}: is more than 20 rules deep`],
  ],
  [
    'links that lead nowhere good',
    withLabel({
      deepLinks: {
        a: 'javascript:alert(1)',
        b: 'dp:inbox',
        'c d': '/x',
        e: '//op.example',
        F: '/f',
        f: '/g',
        h: 'http://op.example',
      },
    }),
    [
      'labels[0].deepLinks.a: must be an https URL, a path or a dp: link',
      'labels[0].deepLinks.b: must be an https URL or a path',
      'labels[0].deepLinks.c d: is named by something else than letters, digits and underscores',
      'labels[0].deepLinks.e: a path begins with one slash',
      'labels[0].deepLinks.f: stands here twice, since case does not count',
      'labels[0].deepLinks.h: http is for localhost; use https',
    ],
  ],
  [
    'hosts and origins in each other’s place',
    withLabel({ linkHosts: ['https://op.example', 'OP.example'], assetHosts: ['cdn.op.example', 'self'] }),
    [
      'labels[0].linkHosts[0]: must be a host such as op.example, without https:// and in lower case',
      'labels[0].linkHosts[1]: must be a host such as op.example, without https:// and in lower case',
      'labels[0].assetHosts[0]: must be an origin such as https://op.example',
      'labels[0].assetHosts[1]: must be an origin such as https://op.example',
    ],
  ],
  [
    'a path pattern that would be two',
    withLabel({ suspendOn: ['/a,/b', 'deposit'] }),
    [
      'labels[0].suspendOn[0]: must be a path pattern such as /deposit*, without commas and spaces',
      'labels[0].suspendOn[1]: must be a path pattern such as /deposit*, without commas and spaces',
    ],
  ],
  [
    'a form of hash that is none, and nobody to write to',
    withLabel({ hashes: { form: 'md5' }, push: { subject: 'crm@op.example' } }),
    [
      'labels[0].hashes.form: must be one of "any", "v2"',
      'labels[0].push.subject: must be a mailto: or an https: address',
    ],
  ],
])('%s', (_, value, wanted) => {
  test('is told by path and reason', () => expect(mistakesOf(value)).toEqual(wanted));
});

test.each(['x', 'self', 'null'])('the public address must be an origin, and no word for one: %s', (publicUrl) => {
  expect(mistakesOf({ publicUrl, labels: [] }).filter((one) => one.startsWith('publicUrl'))).toEqual([
    'publicUrl: must be an origin such as https://op.example',
  ]);
});

test('all mistakes of a config are told at once', () => {
  const paths = mistakesOf({ publicUrl: 'x', labels: [{ name: 1, origins: 'self' }] }).map((one) => one.split(':')[0]);
  expect(paths.sort()).toEqual([
    'labels[0].brands',
    'labels[0].keys',
    'labels[0].name',
    'labels[0].origins',
    'publicUrl',
  ]);
});
