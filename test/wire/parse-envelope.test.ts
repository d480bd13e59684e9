import { describe, expect, test } from 'vitest';
import { limits } from '../../src/wire/limits.ts';
import { parseBrowserEvent, parseEnvelope, problemText } from '../../src/wire/parse.ts';
import { browserEvent, envelope } from '../support/batches.ts';

const PATH = 'events[7]';
const NAME = 'must be a name of 1 to 200 characters';
const nested = (levels: number): object => (levels > 1 ? { a: nested(levels - 1) } : {});
const named = (names: number) => Object.fromEntries(Array.from({ length: names }, (_, index) => [`n${index}`, 1]));
const value = (event: unknown) => {
  const parsed = parseEnvelope(event, PATH);
  if (!parsed.ok) throw new Error(problemText(parsed.problem));
  return parsed.value;
};

describe('what is wrong with an envelope is said exactly: code, path, rule and the type of what was found', () => {
  test.each<[string, unknown, string, string, string, string]>([
    ['no object', null, 'bad_event', '', 'must be an object', 'null'],
    ['a list', [], 'bad_event', '', 'must be an object', 'array'],
    ['no id', { eid: undefined }, 'bad_eid', '.eid', 'must be 8 to 64 of [A-Za-z0-9._:-]', 'undefined'],
    ['SQL for an id', { eid: "'; DROP--" }, 'bad_eid', '.eid', 'must be 8 to 64 of [A-Za-z0-9._:-]', 'string'],
    [
      'a date as text',
      { event_date: '1' },
      'bad_event_date',
      '.event_date',
      'must be milliseconds since the epoch',
      'string',
    ],
    ['a date before 1970', { event_date: -1 }, 'bad_event_date', '.event_date', expect.any(String), 'number'],
    [
      'a date that no Date can hold',
      { event_date: 8.64e15 + 1 },
      'bad_event_date',
      '.event_date',
      expect.any(String),
      'number',
    ],
    ['half a millisecond', { event_date: 0.5 }, 'bad_event_date', '.event_date', expect.any(String), 'number'],
    ['an empty brand', { ext_brand_id: '' }, 'bad_brand', '.ext_brand_id', NAME, 'string'],
    ['a brand of 201 characters', { ext_brand_id: 'b'.repeat(201) }, 'bad_brand', '.ext_brand_id', NAME, 'string'],
    ['no type', { event_type: '' }, 'bad_event_type', '.event_type', NAME, 'string'],
    ['a type with a line end', { event_type: 'a\nb' }, 'bad_event_type', '.event_type', NAME, 'string'],
    ['a type that is an object', { event_type: {} }, 'bad_event_type', '.event_type', NAME, 'object'],
    [
      'a blank user',
      { user_ext_id: '  ' },
      'bad_user',
      '.user_ext_id',
      'must be a string of 1 to 256 characters',
      'string',
    ],
    ['a user that is no number', { user_ext_id: Number.NaN }, 'bad_user', '.user_ext_id', expect.any(String), 'number'],
    ['a user that is yes', { user_ext_id: true }, 'bad_user', '.user_ext_id', expect.any(String), 'boolean'],
    [
      'a user of 257 characters',
      { user_ext_id: 'u'.repeat(257) },
      'bad_user',
      '.user_ext_id',
      expect.any(String),
      'string',
    ],
    ['an unknown scope', { scope: 'all' }, 'bad_scope', '.scope', 'must be "system" or absent', 'string'],
    [
      'a system event with a user',
      { scope: 'system' },
      'system_with_user',
      '.user_ext_id',
      'must be absent on a system event',
      'string',
    ],
    ['a payload that is a list', { payload: [] }, 'payload_not_object', '.payload', 'must be an object', 'array'],
    ['a payload that is text', { payload: 'x' }, 'payload_not_object', '.payload', 'must be an object', 'string'],
    [
      'an action without a name',
      { event_type: 'client_action', payload: {} },
      'empty_action',
      '.payload.client_action',
      NAME,
      'undefined',
    ],
    [
      'an action with an empty name',
      { event_type: 'client_action', payload: { client_action: '', action: 'X' } },
      'empty_action',
      '.payload.client_action',
      NAME,
      'string',
    ],
    [
      'a 33rd level',
      { payload: nested(33) },
      'too_deep',
      `.payload${'.a'.repeat(32)}`,
      'must nest at most 32 levels',
      'object',
    ],
    [
      'a 257th name in an inner object (I28)',
      { payload: { list: [1, named(257)] } },
      'too_many_keys',
      '.payload.list[1]',
      'must have at most 256 names',
      '257 names',
    ],
  ])('%s', (_name, more, code, path, rule, got) => {
    const event = more && !Array.isArray(more) ? { ...envelope(), ...more } : more;
    expect(parseEnvelope(event, PATH)).toEqual({ ok: false, problem: { code, path: PATH + path, rule, got } });
  });

  test('a problem reads as one sentence and never quotes the value, which may be private', () => {
    const parsed = parseEnvelope(envelope({ user_ext_id: ['secret@mail.example'] }), PATH);
    expect(!parsed.ok && problemText(parsed.problem)).toBe(
      'events[7].user_ext_id: must be a string of 1 to 256 characters, got array',
    );
  });

  test('a problem stays a sentence under a name as long as a body', () => {
    const names = Object.fromEntries(Array.from({ length: limits.payloadKeys + 1 }, (_, n) => [`k${n}`, n]));
    const parsed = parseEnvelope(envelope({ payload: { ['k'.repeat(500_000)]: names } }), PATH);
    expect(!parsed.ok && problemText(parsed.problem)).toMatch(/^events\[7\]\.payload\.k{100,}….{0,100}got 257 names$/);
  });
});

describe('what can be kept is kept', () => {
  test.each([
    ['32 levels', nested(limits.payloadDepth)],
    ['256 names', named(limits.payloadKeys)],
    ['a list of 10,000', { list: Array(10_000).fill(0) }],
    ['empty and blank names (I28)', { '': 1, ' ': 2 }],
    ['a lone surrogate (I26)', { text: '\ud800' }],
  ])('%s in a payload', (_name, payload) => {
    expect(value(envelope({ payload })).payload).toEqual(payload);
  });

  test('a name `__proto__` is a name like any other and changes no prototype', () => {
    const event = JSON.parse('{"__proto__":{"admin":true},"action":"X"}');
    const { payload } = value(envelope({ event_type: 'client_action', payload: event }));
    expect(JSON.parse(JSON.stringify(payload))).toEqual(
      JSON.parse('{"__proto__":{"admin":true},"action":"X","client_action":"X"}'),
    );
    expect(Object.hasOwn(payload, '__proto__')).toBe(true);
    expect((payload as { admin?: boolean }).admin).toBeUndefined();
  });

  test('an action is named by `client_action`, else by the `action` of the phone clients', () => {
    const named = (payload: object) => value(envelope({ event_type: 'client_action', payload })).payload.client_action;
    expect(named({ action: 'A' })).toBe('A');
    expect(named({ action: 'A', client_action: 'C' })).toBe('C');
  });

  test('a numeric user is text from then on; no user and no brand are null; no payload is an empty one', () => {
    expect(value(envelope({ user_ext_id: 42 })).user_ext_id).toBe('42');
    const { user_ext_id, ext_brand_id, payload } = value({ ...envelope(), user_ext_id: undefined, payload: null });
    expect({ user_ext_id, ext_brand_id, payload }).toEqual({ user_ext_id: null, ext_brand_id: null, payload: {} });
  });

  test('a system event belongs to nobody and keeps its scope', () => {
    expect(value(envelope({ scope: 'system', user_ext_id: null }))).toMatchObject({
      scope: 'system',
      user_ext_id: null,
    });
    expect(value(envelope())).not.toHaveProperty('scope');
  });

  test('fields that this version does not know are left behind', () => {
    expect(value(envelope({ trust: 'server', label_key: 'other' }))).toEqual(
      expect.not.objectContaining({ trust: expect.anything() }),
    );
    expect(value(envelope({ label_key: 'other' }))).not.toHaveProperty('label_key');
  });
});

describe('what a browser adds', () => {
  test.each<[string, object, string, string]>([
    ['no session', { session_id: null }, 'bad_context', '.session_id'],
    ['a short page id', { page_id: 'p' }, 'bad_context', '.page_id'],
    ['a seq of 0', { seq: 0 }, 'bad_context', '.seq'],
    ['half a seq', { seq: 1.5 }, 'bad_context', '.seq'],
    ['an unknown source', { source: 'server' }, 'bad_source', '.source'],
    ['a link without a signature', { link: { exp: 1 } }, 'bad_context', '.link'],
    ['a link that is null', { link: null }, 'bad_context', '.link'],
    ['a frame that tells no origin', { source: 'bridge' }, 'bad_context', '.frame'],
    ['a frame of an opaque origin', { source: 'bridge', frame: 'null' }, 'bad_context', '.frame'],
    ['a frame by its address', { source: 'bridge', frame: 'https://platform.example/' }, 'bad_context', '.frame'],
  ])('%s is a problem with its path', (_name, more, code, path) => {
    const parsed = parseBrowserEvent(browserEvent({ ...more }), PATH);
    expect(parsed).toMatchObject({ ok: false, problem: { code, path: PATH + path } });
  });

  test('is kept, a signed link included', () => {
    const event = browserEvent({ source: 'deep_link', link: { exp: 5, sig: 's', more: 1 } });
    expect(parseBrowserEvent(event, PATH)).toEqual({ ok: true, value: { ...event, link: { exp: 5, sig: 's' } } });
  });

  test('the origin of a frame is kept with what came from one, and with nothing else', () => {
    const frame = 'https://platform.example';
    const framed = browserEvent({ source: 'bridge', frame });
    expect(parseBrowserEvent(framed, PATH)).toEqual({ ok: true, value: framed });
    for (const source of ['api', 'deep_link', 'auto']) {
      const bare = browserEvent({ source });
      for (const odd of [frame, 7])
        expect(parseBrowserEvent({ ...bare, frame: odd }, PATH)).toEqual({ ok: true, value: bare });
    }
  });
});
