/** One schema for editors, held to what the parser takes: the same files pass both, and the same names are known to both. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/collector/config/config.ts';
import { writeFreshConfig } from '../../src/collector/config/file.ts';
import { configSchema } from '../../src/collector/config/schema.ts';
import { codeBlocksOf } from '../support/markdown.ts';

// As an editor has it: JSON, and nothing of what made it.
const published = JSON.parse(JSON.stringify(configSchema)) as object;
const isValid = new Ajv({ allErrors: true, strictTypes: false, allowUnionTypes: true }).compile(published);
const passes = (value: unknown): [schema: boolean, parser: boolean] => [isValid(value), parseConfig(value).ok];

type Node = { [name: string]: unknown } | unknown[];
const read = (file: string): Node => JSON.parse(readFileSync(file, 'utf8')) as Node;
const whole = read('test/fixtures/config-whole.json');

/** What every label must say. */
const needed = { name: 'Casino', keys: { public: ['p'] }, brands: ['main'], origins: ['self'] };

const expectBothToTake = (value: unknown): void => {
  isValid(value);
  expect(isValid.errors).toBeNull();
  expect(parseConfig(value)).toMatchObject({ ok: true });
};

test.each(['demo/config.json', 'test/fixtures/config-whole.json'])('%s passes schema and parser', (file) => {
  expectBothToTake(read(file));
});

test('so does a fresh config, and everything that README shows of one', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'openaction-schema-'));
  const fresh = join(directory, 'config.json');
  await writeFreshConfig(fresh);
  expectBothToTake(read(fresh));
  await rm(directory, { recursive: true });

  const shown = codeBlocksOf(readFileSync('README.md', 'utf8'))
    .filter((block) => block.startsWith('{') && block.includes('"campaigns": {'))
    .map((block) => JSON.parse(block.replace(/\s+\/\/ .*$/gm, '')) as { labels?: object[] });
  expect(shown).toHaveLength(2);
  for (const one of shown) expectBothToTake(one.labels ? one : { labels: [{ ...needed, ...one }] });
});

/** A copy of the whole config with something else in one place. */
const withAt = (path: (string | number)[], value: unknown): unknown => {
  const copy = structuredClone(whole) as Record<string | number, unknown>;
  const last = path.at(-1)!;
  const inside = path.slice(0, -1).reduce<Record<string | number, unknown>>((at, name) => at[name] as never, copy);
  if (value === undefined) delete inside[last];
  else inside[last] = value;
  return copy;
};

describe('a name that nobody knows', () => {
  type Path = (string | number)[];
  type Schema = Record<string, unknown>;
  const STRANGE = 'qqqqqqqqqqqqqqqqqqqq';
  const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

  /** Every object of the example, by its path. */
  const objects = (at: unknown, path: Path = []): Path[] => {
    if (Array.isArray(at)) return at.flatMap((one, index) => objects(one, [...path, index]));
    return isObject(at) ? [path, ...Object.entries(at).flatMap(([name, one]) => objects(one, [...path, name]))] : [];
  };
  /** The names that the parser says it knows there; none where any will do. */
  const knownAt = (path: Path): string[] => {
    const parsed = parseConfig(withAt([...path, STRANGE], 1));
    const reasons = parsed.ok ? [] : parsed.mistakes.map(({ reason }) => reason);
    const [list] = reasons.flatMap((reason) => /^is not a name that is known here \((.*)\)$/.exec(reason)?.[1] ?? []);
    return list?.split(', ') ?? [];
  };

  const { definitions } = published as { definitions: { [name: string]: Schema } };
  const withParts = (schema: Schema): Schema[] => {
    const target = definitions[String(schema.$ref).replace('#/definitions/', '')];
    const parts = [schema.anyOf, schema.allOf].flat().filter(isObject);
    return [schema, ...(target ? [target] : []), ...parts].flatMap((one) => (one === schema ? [one] : withParts(one)));
  };
  const further = (schema: Schema, name: string | number): unknown => {
    if (typeof name === 'number') return schema.items;
    return (isObject(schema.properties) && schema.properties[name]) || schema.additionalProperties;
  };
  /** The names that the schema completes there. */
  const completedAt = (path: Path): string[] => {
    const there = path.reduce(
      (schemas, name) =>
        schemas
          .map((schema) => further(schema, name))
          .filter(isObject)
          .flatMap(withParts),
      withParts(published as Schema),
    );
    return there.flatMap(({ properties }) => Object.keys(properties ?? {}));
  };

  const closed = objects(whole)
    .map((path): [string, Path, string[]] => [path.join('.'), path, knownAt(path)])
    .filter(([, , known]) => known.length > 0);

  test('is refused by both, and what the parser knows there instead is what the schema completes', () => {
    expect(closed.length).toBeGreaterThan(60);
    for (const [at, path, known] of closed) {
      expect([at, isValid(withAt([...path, STRANGE], 1))]).toEqual([at, false]);
      expect([at, ...new Set(completedAt(path).sort())]).toEqual([at, ...known.sort()]);
    }
  });
});

const CAMPAIGN = ['labels', 0, 'campaigns', 'EVERY STEP'];
const SEGMENT = ['labels', 0, 'segments', 'VIP'];
const MESSAGES = ['labels', 0, 'messages'];
const arm = Object.fromEntries([['then', [{ points: 1 }]]]);

describe('what both can know is refused by both', () => {
  test.each<[string, (string | number)[], unknown]>([
    ['no labels', ['labels'], []],
    ['a label without a name', ['labels', 0, 'name'], undefined],
    ['a label without a public key', ['labels', 0, 'keys', 'public'], []],
    ['a text for a number', ['labels', 0, 'retentionDays'], '30'],
    ['a share of more than all', ['labels', 0, 'gamificationShare'], 101],
    ['a link policy that is none', ['labels', 0, 'deepLinkActions'], 'some'],
    ['a form of hash that is none', ['labels', 0, 'hashes', 'form'], 'md5'],
    ['a rate of nothing', ['labels', 0, 'rates', 'label', 'perSecond'], 0],
    ['a rule of nothing', SEGMENT, {}],
    ['a rule of two', SEGMENT, { tag: 'a', language: 'en' }],
    ['rules without one', SEGMENT, { all: [] }],
    ['a range of nothing', SEGMENT, { points: {} }],
    ['a property without a question', SEGMENT, { property: 'a' }],
    ['a property with two', SEGMENT, { property: 'a', is: 1, where: { $gt: 1 } }],
    ['what belongs to events, elsewhere', SEGMENT, { tag: 'a', within: '7d' }],
    ['more events than are kept', SEGMENT, { event: 'X', count: { min: 101 } }],
    ['a duration that is none', SEGMENT, { event: 'X', within: '1w' }],
    ['a date that is none', SEGMENT, { event: 'X', date: { from: 'yesterday' } }],
    ['a field code with a hyphen', [...CAMPAIGN, 'where'], { 'my-field': 1 }],
    ['SQL in a filter', [...CAMPAIGN, 'where'], { 'amount) OR 1=1 --': 1 }],
    ['a regular expression', [...CAMPAIGN, 'where'], { a: { $regex: '.*' } }],
    ['an operator that is none', [...CAMPAIGN, 'where'], { a: { $gtt: 1 } }],
    ['a campaign without a trigger', [...CAMPAIGN, 'on'], undefined],
    ['a campaign with two', [...CAMPAIGN, 'on'], { event: 'X', system: 'Y' }],
    ['a cap of too often', [...CAMPAIGN, 'cap', 'times'], 101],
    ['a trust that is none', [...CAMPAIGN, 'trust'], 'anybody'],
    ['a campaign without steps', [...CAMPAIGN, 'steps'], []],
    ['a step of nothing', [...CAMPAIGN, 'steps', 0], {}],
    ['a step of two', [...CAMPAIGN, 'steps', 0], { tag: 'a', points: 1 }],
    ['arms without a filter', [...CAMPAIGN, 'steps', 0], { tag: 'a', ...arm }],
    ['no points', [...CAMPAIGN, 'steps', 0], { points: 0 }],
    ['a popup without a title', [...CAMPAIGN, 'steps', 0], { popup: { body: 'b' } }],
    ['a popup as wide as a wall', [...CAMPAIGN, 'steps', 0], { popup: { title: 't', width: 9000 } }],
    ['an e-mail without words', [...CAMPAIGN, 'steps', 0], { email: { subject: 's' } }],
    ['an e-mail with two kinds of words', [...CAMPAIGN, 'steps', 0], { email: { template: 'RESET', text: 't' } }],
    ['a webhook without https', [...CAMPAIGN, 'steps', 0], { webhook: { url: 'http://op.example' } }],
    ['a filter of nothing', [...CAMPAIGN, 'steps', 0], { filter: {} }],
    ['a mission without tasks', ['labels', 0, 'missions', 'THREE DEPOSITS', 'tasks'], []],
    ['a level without a name', ['labels', 0, 'levels', 0, 'name'], undefined],
    ['an ad without a token', ['labels', 0, 'ads', 'AD-1', 'serveToken'], undefined],
    ['a template without words', ['labels', 0, 'templates', 'RESET'], { subject: 's' }],
    ['an hour that is none', [...MESSAGES, 'quietHours', 'from'], '24:00'],
    ['a channel that is none', [...MESSAGES, 'caps', 'fax'], { times: 1 }],
    ['a mail server that is none', [...MESSAGES, 'email', 'smtp'], 'https://mail.op.example'],
  ])('%s', (_, path, value) => expect(passes(withAt(path, value))).toEqual([false, false]));
});
