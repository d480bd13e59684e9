/** What becomes of each event in a body of the publisher API, without a collector. */
import { describe, expect, test } from 'vitest';
import { readClientEvents } from '../../../src/collector/publisher/client-events.ts';
import { momentIn } from '../../../src/collector/publisher/moment.ts';
import { problemText } from '../../../src/wire/parse.ts';

const serveTokens = new Set(['coffee-token']);
const metadata = { section: 'LatestOffers', channel: 'OLB' };
const message = (more: object = {}) => ({
  clientEventId: '2e08d638-04e2-4561-b56a-ca32cfff6203',
  clientEventType: 'AdInteraction',
  clientEvent: 'ActivateOffer',
  clientEventTimestamp: '2023-03-11T08:00:00Z',
  clientEventMetadata: metadata,
  ...more,
});
const readOf = (...clientEvents: unknown[]) => {
  const read = readClientEvents({ clientEvents }, 'anna', {}, serveTokens);
  if (!read.ok) throw new Error(problemText(read.problem));
  return read.value;
};
const problemOf = (one: unknown): string | undefined => {
  const [event] = readOf(one).events;
  return event?.ok ? undefined : `${event?.problem.code} ${event && problemText(event.problem)}`;
};
const oddities = (more: object): string[] => readOf(message(more)).warnings.map((warning) => warning.message);

test('an event is an envelope of its customer: its name is the type, its metadata the payload', () => {
  expect(readOf(message()).events).toEqual([
    {
      ok: true,
      value: {
        eid: '2e08d638-04e2-4561-b56a-ca32cfff6203',
        event_date: Date.UTC(2023, 2, 11, 8),
        ext_brand_id: null,
        user_ext_id: 'anna',
        event_type: 'ActivateOffer',
        payload: { clientEventType: 'AdInteraction', ...metadata },
      },
    },
  ]);
});

test('what the request says of itself stands with each event', () => {
  const read = readClientEvents({ clientEvents: [message()] }, 'anna', { session: 's-1', meta: 'ios 17' }, serveTokens);
  expect(read.ok && read.value.events[0]).toMatchObject({
    value: { payload: { request: { session: 's-1', meta: 'ios 17' } } },
  });
});

describe('an event is rejected, with its place and the rule,', () => {
  test.each<[string, unknown, string]>([
    ['that is none', 'ActivateOffer', 'bad_event clientEvents[0]: must be an object, got string'],
    [
      'without an id',
      message({ clientEventId: undefined }),
      'bad_eid clientEvents[0].clientEventId: must be a GUID, or 8 to 64 of [A-Za-z0-9._:-], got nothing',
    ],
    ['with an id of spaces', message({ clientEventId: 'a b c d e f' }), 'bad_eid'],
    [
      'of a type that does not exist',
      message({ clientEventType: 'adimpression' }),
      'bad_event_type clientEvents[0].clientEventType: must be one of AdImpression, AdInteraction, SessionAction, CustomerProfileAction, got string',
    ],
    ['without a name', message({ clientEvent: '' }), 'bad_event_type clientEvents[0].clientEvent: must be a name'],
    [
      'without a time',
      message({ clientEventTimestamp: 1678521600000 }),
      'bad_event_date clientEvents[0].clientEventTimestamp: must be ISO 8601, got number',
    ],
    [
      'about an ad that it does not name',
      message({ clientEventMetadata: null }),
      'payload_not_object clientEvents[0].clientEventMetadata: must be an object, got null',
    ],
    [
      'about an ad, without a section',
      message({ clientEventMetadata: { channel: 'OLB' } }),
      'bad_event clientEvents[0].clientEventMetadata.section: must be a text, got nothing',
    ],
    ['about an ad, without a channel', message({ clientEventMetadata: { section: 'x' } }), 'bad_event'],
    [
      'about an ad at half a place',
      message({ clientEventMetadata: { ...metadata, displayPosition: 1.5 } }),
      'bad_event clientEvents[0].clientEventMetadata.displayPosition: must be a whole number from 0, got number',
    ],
    [
      'about an ad whose pictures are no list',
      message({ clientEventMetadata: { ...metadata, imageSlots: 'logo' } }),
      'bad_event clientEvents[0].clientEventMetadata.imageSlots: must be a list of texts, got string',
    ],
    [
      'of a session, with metadata that is a text',
      message({ clientEventType: 'SessionAction', clientEventMetadata: 'x' }),
      'payload_not_object clientEvents[0].clientEventMetadata: must be an object or null, got string',
    ],
    [
      'that fills a name of ours',
      message({ clientEventMetadata: { ...metadata, request: {} } }),
      'bad_event clientEvents[0].clientEventMetadata.request: must be absent, got object',
    ],
    [
      'that is nested without end',
      message({ clientEventMetadata: { ...metadata, deep: JSON.parse('['.repeat(40) + ']'.repeat(40)) } }),
      'too_deep clientEvents[0].clientEventMetadata.deep',
    ],
  ])('%s', (_, one, expected) => {
    expect(problemOf(one)).toContain(expected);
  });
});

test.each<[string, object]>([
  ['without a serveToken', { ...metadata, serveToken: undefined }],
  ['with a serveToken of null', { ...metadata, serveToken: null }],
  [
    'with everything that is published',
    { ...metadata, serveToken: 't', imageSlots: ['logo'], categoryId: '1', curationId: '22', displayPosition: 0 },
  ],
  ['with more than is published', { ...metadata, experiment: { arm: 'b' } }],
])('an event about an ad is kept %s', (_, clientEventMetadata) => {
  expect(problemOf(message({ clientEventMetadata }))).toBeUndefined();
});

describe('an event is kept, and told of,', () => {
  test.each<[string, object, string[]]>([
    ['which has nothing odd: not at all', {}, []],
    [
      'whose name nobody published',
      { clientEvent: 'ExpandRedemption' },
      ['clientEvent is not among the published names'],
    ],
    [
      'whose name belongs to another type',
      { clientEvent: 'RewardSummaryLinkClicked', clientEventType: 'SessionAction', clientEventMetadata: null },
      ['clientEventType of this clientEvent is CustomerProfileAction as published'],
    ],
    [
      'whose channel nobody published',
      { clientEventMetadata: { ...metadata, channel: 'Pigeon' } },
      [expect.stringContaining('clientEventMetadata.channel is none of Email,') as unknown as string],
    ],
    [
      'whose time has no zone',
      { clientEventTimestamp: '2023-03-11T08:00:00' },
      ['clientEventTimestamp names no time zone and is taken for UTC'],
    ],
    ['about an ad of the label: not at all', { clientEventMetadata: { ...metadata, serveToken: 'coffee-token' } }, []],
    [
      'about no ad of the label',
      { clientEventMetadata: { ...metadata, serveToken: 'cofee-token' } },
      ['clientEventMetadata.serveToken is of no ad that the label has'],
    ],
    ['whose name every object has', { clientEvent: 'toString' }, ['clientEvent is not among the published names']],
  ])('%s', (_, more, expected) => {
    expect(oddities(more)).toEqual(expected);
  });
});

test('what is rejected is not told of besides', () => {
  expect(readOf(message({ clientEvent: 'Odd', clientEventId: '' })).warnings).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['no object', [message()], 'bad_batch body: must be an object, got array'],
  ['without the list', {}, 'bad_batch clientEvents: must be a list of at least one event, got nothing'],
  ['with an empty list', { clientEvents: [] }, 'bad_batch clientEvents'],
  [
    'with too many',
    { clientEvents: new Array(1001).fill(message()) },
    'too_many_events clientEvents: must have at most 1000',
  ],
])('a body is refused whole: %s', (_, body, expected) => {
  const read = readClientEvents(body, 'anna', {}, serveTokens);
  expect(read.ok ? '' : `${read.problem.code} ${problemText(read.problem)}`).toContain(expected);
});

describe('a time of ISO 8601', () => {
  const noon = Date.UTC(2023, 2, 11, 12);
  test.each<[unknown, number | undefined]>([
    ['2023-03-11T12:00:00Z', noon],
    ['2023-03-11T12:00Z', noon],
    ['2023-03-11t12:00:00z', noon],
    ['2023-03-11 12:00:00Z', noon],
    ['2023-03-11T12:00:00.250Z', noon + 250],
    ['2023-03-11T12:00:00,250Z', noon + 250],
    ['2023-03-11T14:00:00+02:00', noon],
    ['2023-03-11T14:00:00+0200', noon],
    ['2023-03-11T07:00:00-05', noon],
    ['2023-03-11T12:00:00', noon],
    ['2023-03-11', noon - 12 * 3_600_000],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2023-02-29', undefined],
    ['2023-02-30T12:00:00Z', undefined],
    ['2023-13-01', undefined],
    ['2023-03-11T25:00:00Z', undefined],
    ['11.03.2023', undefined],
    ['March 11, 2023', undefined],
    ['', undefined],
    [null, undefined],
    [noon, undefined],
  ])('%s', (value, expected) => {
    expect(momentIn(value)?.at).toBe(expected);
  });
});
