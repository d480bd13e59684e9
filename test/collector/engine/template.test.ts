/** Words with Liquid in them: what they say, what of it is missing, and everything that they must not do. */
import { describe, expect, test } from 'vitest';
import {
  compileTemplate,
  type TemplateContext,
  TemplateFailed,
  templateProblem,
} from '../../../src/collector/engine/template.ts';

const event = {
  url: 'https://op.example/reset?code=A&b=1',
  name: '<b>"Tom" & \'Co\'</b>',
  cashback_amount: 44.22,
  cashback_currency: 'USD',
  items: [{ id: 1 }, { id: 2, note: 'new' }],
  none: null,
  date: '2026-11-21T10:00:00Z',
};
const context: TemplateContext = {
  event,
  client: {
    id: 'anna',
    eventContext: event,
    properties: { full_name: 'Anna Ö.', city: 'Köln' },
    tags: ['VIP'],
    level: 'Gold',
    points: 120,
    nickname: null,
    language: 'de',
    segments: ['NEW'],
  },
  unsubscribe_url: 'https://op.example/unsubscribe/x',
  now: Date.UTC(2026, 10, 21, 12),
};
const html = (text: string) => compileTemplate(text, 'html')(context);
const text = (words: string) => compileTemplate(words, 'text')(context);

test.each([
  ['no Liquid at all', '<p>100 % { }</p>', '<p>100 % { }</p>'],
  ['a field', '{{event.cashback_amount}} {{event.cashback_currency}}', '44.22 USD'],
  ['a field by its other name', '{{client.eventContext.cashback_amount}}', '44.22'],
  ['what is known of the customer', '{{ client.properties.full_name }}, {{ client.level }}', 'Anna Ö., Gold'],
  ['a loop', '{% for item in event.items %}{{ forloop.index }}:{{ item.id }} {% endfor %}', '1:1 2:2 '],
  ['a condition', '{% if client.tags contains "VIP" %}dear{% else %}hi{% endif %}', 'dear'],
  ['a filter', '{{ client.properties.city | upcase }}', 'KÖLN'],
  ['a date', '{{ event.date | date: "%d.%m.%Y %H:%M" }}', '21.11.2026 10:00'],
  ['now, which is when it happened', '{{ "now" | date: "%Y-%m-%d" }}', '2026-11-21'],
  ['a list, as its entries', '{{ client.tags }}', 'VIP'],
])('%s', (_, words, wanted) => {
  expect([html(words), text(words)]).toEqual([
    { text: wanted, missing: [] },
    { text: wanted, missing: [] },
  ]);
});

describe('what a value puts into HTML is text there', () => {
  const escaped = '&lt;b&gt;&#34;Tom&#34; &amp; &#39;Co&#39;&lt;/b&gt;';
  test.each([
    '{{ event.name }}',
    '{{ event.name | escape }}',
    '{% echo event.name %}',
    '{% assign name = event.name %}{{ name }}',
    '{% cycle event.name %}',
  ])('%s', (words) => expect(html(words).text).toBe(escaped));

  test('and in a text it stays as it is', () => expect(text('{{ event.name }}').text).toBe(event.name));
  test('the words around it are the operator’s own', () =>
    expect(html('<a href="{{event.url}}">go</a>').text).toBe(
      '<a href="https://op.example/reset?code=A&amp;b=1">go</a>',
    ));
  test('no filter undoes it', () => expect(templateProblem('{{ event.name | raw }}')).toContain('raw'));
});

describe('a field that is missing is empty, and noted', () => {
  test.each([
    ['{{ event.a }}{{ event.b }}{{ event.a }}.', '.', ['event.a', 'event.b']],
    ['{{ client.properties.name | capitalize }}', '', ['client.properties.name']],
    ['{{ event.deep.er.field }}', '', ['event.deep.er.field']],
    ['{% for item in event.items %}{{ item.note }}{% endfor %}', 'new', ['item.note']],
    ['{% for item in event.nothing %}x{% endfor %}', '', ['event.nothing']],
    ['{{ event.none }}', '', []],
    ['{{ event.a | default: "nobody" }}', 'nobody', []],
    ['{% if event.a %}x{% endif %}{% unless event.a %}y{% endunless %}', 'y', []],
    ['{{ event.items | map: "note" | join: "," }}', ',new', []],
  ])('%s', (words, wanted, missing) => expect(text(words)).toEqual({ text: wanted, missing }));

  test('at most twenty of them by name', () => {
    const words = Array.from({ length: 30 }, (_, n) => `{{ event.f${n} }}`).join('');
    expect(text(words).missing).toHaveLength(20);
  });
});

describe('what no config may hold', () => {
  test.each([
    ['{% for x in event.items %}', 'tag {% for x in event.items %} not closed (line 1, column 1)'],
    ['{% include "/etc/passwd" %}', 'tag "include" not found (line 1, column 1)'],
    ['{% render "/etc/passwd" %}', 'tag "render" not found (line 1, column 1)'],
    ['{% layout "/etc/passwd" %}', 'tag "layout" not found (line 1, column 1)'],
    ['{% block a %}{% endblock %}', 'tag "block" not found (line 1, column 1)'],
    ['{{ event.x | shout }}', 'undefined filter: shout (line 1, column 1)'],
    ['{{ event.items | where_exp: "i", event.code }}', 'undefined filter: where_exp (line 1, column 1)'],
    ['{{ event.x', 'output "{{ event.x" not closed (line 1, column 1)'],
    ['{{ evnt.url }}', 'names "evnt", which is not there; did you mean "event"?'],
    ['{{ client.propertys.x }}', 'names "client.propertys", which is not there; did you mean "client.properties"?'],
    ['{{ constructor }}', 'names "constructor", which no template may read'],
    ['{{ event.__proto__.x }}', 'names "__proto__", which no template may read'],
    ['{{ event["constructor"] }}', 'names "constructor", which no template may read'],
    ['{% for i in (1..1000000000) %}x{% endfor %}', 'makes too much: a range, a list or a text is too long'],
    [
      '{% for i in (1..900) %}{% for j in (1..900) %}x{% endfor %}{% endfor %}',
      'takes more than 20000 steps: a loop is too long',
    ],
    [`${'{% if 1 %}'.repeat(6_000)}x${'{% endif %}'.repeat(6_000)}`, 'is longer than 65536 characters'],
    [`${'{%if 1%}'.repeat(3_800)}x${'{%endif%}'.repeat(3_800)}`, 'is nested too deep, or makes too much'],
    [
      `{% assign a = "x" %}${'{% assign a = a | append: a %}'.repeat(40)}`,
      'makes too much: a range, a list or a text is too long',
    ],
    [
      `{% capture a %}x{% endcapture %}${'{% capture a %}{{ a }}{{ a }}{% endcapture %}'.repeat(40)}`,
      'makes too much: a range, a list or a text is too long',
    ],
    [`{% for i in (1..9000) %}${'x'.repeat(100)}{% endfor %}`, 'makes more than 262144 characters'],
  ])('%s', (words, reason) => expect(templateProblem(words)).toBe(reason));

  test('everything that the documents of the seeds write may', () => {
    for (const words of [
      'Here is your link to reset password - <a href="{{event.url}}">click here</a>',
      'You got {{event.cashback_amount}} {{event.cashback_currency}} in cashback, <a href="{{event.url}}">here</a>',
      '{{client.eventContext.field_code}} {{client.properties.full_name}} {{ unsubscribe_url }}',
      '{{ event.amount | plus: 1 | times: 2 | round: 2 }}{% for i in (1..event.n) %}{% endfor %}',
      '{% case event.x %}{% when 1 %}a{% else %}b{% endcase %}{{ event.at | date: "%Y" }}{{ event.list | sort | first }}',
    ])
      expect(templateProblem(words)).toBeUndefined();
  });
});

describe('what only an event can make of a template fails with its reason, and nothing else', () => {
  const rendering = (words: string, more: object) => () =>
    compileTemplate(words, 'text')({ ...context, event: { ...event, ...more } });
  test.each<[string, string, object, string]>([
    ['a range', '{% for i in (1..event.n) %}x{% endfor %}', { n: 1e9 }, 'makes too much'],
    [
      'a repeated text',
      '{% for i in (1..900) %}{{ event.long }}{% endfor %}',
      { long: 'x'.repeat(32_000) },
      'makes too',
    ],
    ['a date format', '{{ "now" | date: event.format }}', { format: '%999999999d' }, 'makes too much'],
  ])('%s', (_, words, more, reason) => {
    expect(templateProblem(words)).toBeUndefined();
    expect(rendering(words, more)).toThrow(TemplateFailed);
    expect(rendering(words, more)).toThrow(reason);
    expect(html('{{ event.cashback_amount }}').text).toBe('44.22');
  });

  test.each([
    ['{{ event[event.key] }}', { key: '__proto__' }],
    ['{{ event[event.key] }}', { key: 'constructor' }],
    ['{{ event[event.key][event.key] }}', { key: 'constructor' }],
    ['{{ client.tags[event.key] }}', { key: 'constructor' }],
    ['{{ event.items | map: event.key | join: "" }}', { key: 'constructor' }],
    ['{{ event.items | map: event.key | join: "" }}', { key: '__proto__' }],
  ])('%s of %o reads nothing', (words, more) => expect(rendering(words, more)()).toMatchObject({ text: '' }));

  test('a template in a value is only text', () =>
    expect(rendering('{{ event.x }}', { x: '{{ client.id }}' })().text).toBe('{{ client.id }}'));
});

test('what a template does changes nothing of what it was handed', () => {
  const before = JSON.stringify(context);
  html(
    '{% assign event = "x" %}{% assign client = 1 %}{{ event }}{% for t in client.tags reversed %}{{ t }}{% endfor %}',
  );
  html('{{ event.items | sort: "id" | reverse | push: 1 | size }}');
  expect(JSON.stringify(context)).toBe(before);
});
