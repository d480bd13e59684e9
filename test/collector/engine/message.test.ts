/** What a message step makes: words, a place where it waits, a row of the report. */
import { describe, expect, test } from 'vitest';
import { type CustomerState, stateBounds } from '../../../src/collector/engine/customer-state.ts';
import type { MessageRules, MessageStep } from '../../../src/collector/engine/definitions.ts';
import { makeMessage } from '../../../src/collector/engine/message.ts';
import { noDefinitions } from '../../../src/collector/engine/no-definitions.ts';
import type { Payload } from '../../../src/wire/event.ts';
import { DAY, engineDesk, HOUR, START } from '../../support/engine-desk.ts';

const desk = engineDesk({});
const deposit = desk.fact('deposit', { amount: 5, name: '<b>Anna</b>', link: 'javascript:alert(1)' });

const made = (
  step: MessageStep,
  {
    state = desk.state,
    rules = {},
    inboxLeft = 1,
  }: { state?: CustomerState; rules?: Partial<MessageRules>; inboxLeft?: number } = {},
) => {
  const places = { own: new Set<string>(), linkHosts: [], assetOrigins: [] };
  const order = { uid: 'message-1', from: 'thanks', fact: deposit, now: START, places, inboxLeft };
  const { contents, ...rest } = makeMessage(state, step, { ...order, rules: { ...noDefinitions.messages, ...rules } });
  return { ...rest, words: contents[0] && (JSON.parse(contents[0].content) as Payload) };
};
const shown = (request: Payload, expiresIn: number | null = null): MessageStep => ({
  kind: 'engagement',
  request,
  expiresIn,
});
const popup = (more: Payload = {}) => shown({ kind: 'popup', title: 'Thanks', ...more });
const inbox = (more: Payload = {}) => shown({ kind: 'inbox', title: 'Thanks', body: 'For you', ...more });
const sms = (text: string, transactional = false): MessageStep => ({ kind: 'sms', text, transactional });

describe('what is shown in a page', () => {
  test('waits in the state, and its row is pending', () => {
    const { state, delivery, told } = made(shown({ kind: 'popup', title: 'Thanks' }, 2 * DAY));
    expect(state.engagements).toEqual([
      {
        uid: 'message-1',
        kind: 'popup',
        at: START,
        expires_at: START + 2 * DAY,
        status: 'pending',
        status_at: START,
        from: 'thanks',
        eid: deposit.eid,
        about: 'Thanks',
      },
    ]);
    expect([delivery.channel, delivery.status, told]).toEqual(['popup', 'pending', 'popup']);
  });

  test('an inbox message is in the inbox too', () =>
    expect(made(inbox()).state.inbox).toMatchObject([{ uid: 'message-1', read: false }]));

  test.each<[string, MessageStep, Payload]>([
    ['text is text', popup({ title: '{{ event.name }}' }), { popup: { title: '<b>Anna</b>' } }],
    [
      'what an event puts into HTML is text there',
      popup({ html: '<p>{{ event.name }}</p>' }),
      { html: '<p>&lt;b&gt;Anna&lt;/b&gt;</p>' },
    ],
    [
      'texts deep inside are rendered',
      popup({ buttons: [{ text: '{{ event.amount }} more', action: 'dp:deposit' }] }),
      { popup: { buttons: [{ text: '5 more' }] } },
    ],
    [
      'an optional text that turns out empty is not given',
      popup({ body: '{{ event.nothing }}' }),
      { popup: { body: null } },
    ],
  ])('%s', (_, step, wanted) => expect(made(step).words).toMatchObject(wanted));

  test.each<[string, MessageStep, string, string]>([
    [
      'a link that an event made dangerous is refused',
      popup({ buttons: [{ text: 'Go', action: '{{ event.link }}' }] }),
      'refused',
      'buttons[0].action must be an https URL, a path or a dp: link',
    ],
    [
      'a title that turns out empty is refused',
      popup({ title: '{{ event.nothing }}' }),
      'refused',
      'title must be a text',
    ],
    [
      'a deep link that turns out empty is refused',
      shown({ kind: 'deep_link', dp: '{{ event.nothing }}' }),
      'refused',
      'dp must be a text',
    ],
    [
      'a template that goes beyond its limits is a failure',
      popup({ title: '{% for a in (1..99999) %}{% for b in (1..99999) %}x{% endfor %}{% endfor %}' }),
      'failed',
      'the template ',
    ],
  ])('%s', (_, step, status, why) => {
    const { state, delivery, words, told } = made(step);
    expect([delivery.status, state, words]).toEqual([status, desk.state, undefined]);
    expect(delivery.why).toContain(why);
    expect(told).toBe(`no ${delivery.channel}: ${delivery.why}`);
  });

  test('beyond the monthly limit no inbox message is made, and a popup is', () => {
    expect(made(inbox(), { inboxLeft: 0 })).toMatchObject({ state: desk.state, delivery: { status: 'over_limit' } });
    expect(made(popup(), { inboxLeft: 0 }).delivery.status).toBe('pending');
  });

  test.each<[string, MessageStep, string]>([
    [
      'a field that the event lacks',
      popup({ body: 'Hi {{ event.nothing }}' }),
      'popup (not there, so empty: event.nothing)',
    ],
    [
      'HTML that may not be shown',
      popup({ html: '<p>Hi</p><script>x</script>' }),
      'popup (taken out of its HTML: script)',
    ],
  ])('%s is noted', (_, step, told) => expect(made(step).told).toBe(told));
});

describe('what leaves', () => {
  const item = { uid: 'message-1', campaign: 'thanks', eid: deposit.eid, at: START, due_at: START, tries: 0 };

  test.each<[string, MessageStep, object, Payload]>([
    [
      'e-mail',
      {
        kind: 'email',
        words: { subject: 'Hi {{ event.name }}', html: '<p>{{ event.name }}</p>', text: null },
        transactional: true,
      },
      { channel: 'email', transactional: true },
      { subject: 'Hi <b>Anna</b>', html: '<p>&lt;b&gt;Anna&lt;/b&gt;</p>', text: null },
    ],
    ['SMS', sms('{{ event.amount }} EUR'), { channel: 'sms', transactional: false }, { text: '5 EUR' }],
    [
      'push',
      { kind: 'push', notice: { title: 'Hi', body: '{{ event.amount }}' }, transactional: false },
      { channel: 'push', transactional: false },
      { title: 'Hi', body: '5', action: null, icon: null },
    ],
    [
      'webhook',
      { kind: 'webhook', url: 'https://crm.example/hook', body: { sum: '{{ event.amount }}', event: 'not this' } },
      { channel: 'webhook', transactional: true },
      {
        url: 'https://crm.example/hook',
        body: {
          sum: '5',
          event: { eid: deposit.eid, name: 'deposit', at: START, trust: 'unverified', payload: deposit.payload },
        },
      },
    ],
  ])('%s waits in the outbox with its words', (_, step, wanted, words) => {
    const { state, delivery, ...rest } = made(step);
    expect(state.outbox).toEqual([{ ...item, ...wanted }]);
    expect(delivery).toMatchObject({ uid: 'message-1', campaign: 'thanks', status: 'pending' });
    expect(rest.words).toEqual(words);
  });

  test('a notification that an event made dangerous is refused', () => {
    const step: MessageStep = {
      kind: 'push',
      notice: { title: 'Hi', body: 'x', action: '{{ event.link }}' },
      transactional: false,
    };
    expect(made(step)).toMatchObject({ state: desk.state, delivery: { channel: 'push', status: 'refused' } });
  });

  test('only e-mails have a link to unsubscribe: elsewhere it is empty, and noted', () => {
    const { words, told } = made(sms('No more: {{ unsubscribe_url }}'));
    expect([words, told]).toEqual([{ text: 'No more: ' }, 'sms (not there, so empty: unsubscribe_url)']);
    const email = { subject: 'Hi', html: null, text: '{{ unsubscribe_url }}' };
    expect(made({ kind: 'email', words: email, transactional: false }).words?.text).toMatch(/^https:/);
  });

  test('an SMS that an event made too long is refused, and the row says so', () => {
    const long = (more: string) => made(sms(`${'x'.repeat(1_599)}{{ event.amount }}${more}`));
    expect(long('').delivery.status).toBe('pending');
    expect(long('x')).toMatchObject({
      state: desk.state,
      delivery: { status: 'refused', why: 'the text has 1601 characters, and an SMS at most 1600' },
      words: undefined,
    });
  });

  test('within the quiet hours it waits until they end, and the row and the trace say so', () => {
    const { state, delivery, told } = made(sms('x'), { rules: { quietHours: { from: 11 * 60, to: 13 * 60 } } });
    const why = 'quiet hours until 2026-01-05T13:00:00.000Z';
    expect([state.outbox[0]?.due_at, delivery.why, told]).toEqual([START + HOUR, why, `sms (${why})`]);
  });

  test.each<[string, Partial<CustomerState>, string]>([
    ['whoever unsubscribed gets none', { unsubscribed: ['sms'] }, 'unsubscribed'],
    ['whoever had enough gets none', { sent: { sms: [START - HOUR] } }, 'capped'],
  ])('%s, and the row says so', (_, known, status) => {
    const state = { ...desk.state, ...known };
    const rules = { caps: { sms: { times: 1, within: DAY } } };
    expect(made(sms('x'), { state, rules })).toMatchObject({ state, delivery: { status }, words: undefined });
    expect(made(sms('x', true), { state, rules }).delivery.status).toBe('pending');
  });

  test('an outbox that is full takes no more, and the row says so', () => {
    const full = { ...made(sms('x')).state.outbox[0]! };
    const state = { ...desk.state, outbox: Array.from({ length: stateBounds.outbox }, () => full) };
    expect(made(sms('x'), { state })).toMatchObject({ state, delivery: { status: 'failed' } });
  });
});
