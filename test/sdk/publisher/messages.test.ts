/** An event of the page as a publisher takes it. */
import { describe, expect, test } from 'vitest';
import { guidOf, messageOf } from '../../../src/sdk/publisher/messages.ts';
import type { Payload } from '../../../src/wire/event.ts';
import { browserEvent } from '../../support/batches.ts';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;
const said = (event_type: string, payload: Payload) => {
  const { clientEvent, clientEventType, clientEventMetadata } = messageOf(browserEvent({ event_type, payload }));
  return [clientEvent, clientEventType, clientEventMetadata];
};

test.each<[string, string, Payload, unknown[]]>([
  [
    'a published name has its published type, and what the page said of it is the metadata',
    'AdViewableImpression',
    { serveToken: 't', section: 'LatestOffers' },
    ['AdViewableImpression', 'AdImpression', { serveToken: 't', section: 'LatestOffers' }],
  ],
  ['a name of the page’s own is an action of the session', 'page_view', {}, ['page_view', 'SessionAction', null]],
  [
    'an action is an event of its own name',
    'client_action',
    { client_action: 'ParkOffer', serveToken: 't' },
    ['ParkOffer', 'AdInteraction', { serveToken: 't' }],
  ],
  [
    'the page may say which type it is',
    'ExpandRedemption',
    { clientEventType: 'CustomerProfileAction', id: 5 },
    ['ExpandRedemption', 'CustomerProfileAction', { id: 5 }],
  ],
  ['a type that is none is not taken for one', 'x', { clientEventType: 'Mine' }, ['x', 'SessionAction', null]],
])('%s', (_, type, payload, expected) => {
  expect(said(type, payload)).toEqual(expected);
});

test('the time is the event’s own, as text', () => {
  const event_date = Date.UTC(2023, 2, 11, 8);
  expect(messageOf(browserEvent({ event_date })).clientEventTimestamp).toBe('2023-03-11T08:00:00.000Z');
});

test('a row that storage spoilt becomes a message that can be rejected, and breaks nothing', () => {
  expect(messageOf({} as never)).toMatchObject({ clientEventTimestamp: '', clientEventMetadata: null });
});

describe('the id', () => {
  test('is a GUID, the same for the same event', () => {
    const event = browserEvent();
    expect(messageOf(event).clientEventId).toMatch(GUID);
    expect(messageOf(event)).toEqual(messageOf(event));
  });

  test('is another one for every other event, however alike their ids', () => {
    const ids = Array.from({ length: 20_000 }, (_, at) =>
      guidOf(`m6fk2q9s${at.toString(36).padStart(3, '0')}-V1StGXR8Z5jd`),
    );
    expect(new Set(ids).size).toBe(ids.length);
    // No part of it alone repeats itself more than chance would have it.
    for (const part of [0, 4]) {
      const parts = new Set(ids.map((id) => id.split('-')[part]));
      expect(parts.size).toBeGreaterThan(ids.length - 5);
    }
  });
});
