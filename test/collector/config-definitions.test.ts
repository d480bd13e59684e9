/** What follows an event, as the config says it: what is read of it, and every mistake with its path and reason. */
import { describe, expect, test } from 'vitest';
import { type Label, parseConfig } from '../../src/collector/config/config.ts';

const base = {
  name: 'Casino',
  keys: { public: ['p1'], secret: ['s1'], admin: ['a1'] },
  brands: ['main'],
  origins: ['self'],
};
const AT = 'labels[0].';
const parse = (more: object) => parseConfig({ labels: [{ ...base, ...more }] });
const labelOf = (more: object): Label => {
  const parsed = parse(more);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.config.labels[0]!;
};
const told = (list: { path: string; reason: string }[]) =>
  list.map(({ path, reason }) => `${path.replace(AT, '')}: ${reason}`);
const mistakesOf = (more: object): string[] => {
  const parsed = parse(more);
  return parsed.ok ? [] : told(parsed.mistakes);
};
const warningsOf = (more: object): string[] => {
  const parsed = parse(more);
  return parsed.ok ? told(parsed.warnings) : ['is no config'];
};
const campaign = (more: object) => ({ campaigns: { A: { on: { event: 'X' }, steps: [{ tag: 'a' }], ...more } } });
const steps = (...list: unknown[]) => ({
  ...campaign({ steps: list }),
  messages: { webhooks: { key: 'signs all webhooks' } },
});
const programOf = (...list: unknown[]) => labelOf(steps(...list)).campaigns[0]!.steps;

/** The arms of a filter: what follows where it holds, and where not. */
const arms = (holds: unknown[] | null, not: unknown[] | null = null): object =>
  Object.fromEntries(
    [
      ['then', holds],
      ['else', not],
    ].filter(([, arm]) => arm !== null),
  );

describe('a campaign', () => {
  test('needs a trigger and steps, and the rest has its defaults', () => {
    expect(labelOf(campaign({})).campaigns).toEqual([
      {
        name: 'A',
        enabled: true,
        trigger: { event: 'X' },
        where: null,
        customer: null,
        cap: null,
        trust: 'unverified',
        steps: [{ kind: 'tag', operation: 'add', tags: ['A'] }],
      },
    ]);
  });

  test('says for whom, how often and whose word counts', () => {
    const more = {
      on: { left: 'VIP' },
      where: { 'prize.name': 'ABC' },
      customer: { all: [{ not: { segment: 'VIP' } }, { mission: 'M' }] },
      cap: { times: 3, within: '7d' },
      trust: 'server',
      enabled: false,
    };
    const label = labelOf({
      ...campaign(more),
      segments: { VIP: { tag: 'vip' } },
      missions: { M: { tasks: [{ event: 'X' }] } },
    });
    expect(label.campaigns[0]).toMatchObject({
      trigger: { left: 'VIP' },
      where: { 'prize.name': 'ABC' },
      customer: { all: [{ not: { segment: 'VIP' } }, { mission: 'M' }] },
      cap: { times: 3, within: 7 * 86_400_000 },
      trust: 'server',
      enabled: false,
    });
    expect(label.written.campaigns).toEqual({ A: { steps: [{ tag: 'a' }], ...more } });
  });

  test('keeps the order of the file', () => {
    const one = { on: { event: 'X' }, steps: [{ points: 1 }] };
    expect(labelOf({ campaigns: { Z: one, A: one, M: one } }).campaigns.map(({ name }) => name)).toEqual([
      'Z',
      'A',
      'M',
    ]);
  });
});

describe('steps', () => {
  test('are read as they will run', () => {
    expect(
      programOf(
        { untag: ['a', 'b'] },
        { points: -5 },
        { badge: 'first deposit' },
        { wait: '2d' },
        { popup: { title: 'Hello {{ client.nickname }}', expiresIn: '2d' } },
        { deepLink: 'dp:profile' },
        { sms: { text: 'Hi', transactional: true } },
        { webhook: { url: 'https://op.example/hook', body: { a: '{{ event.a }}' } } },
      ),
    ).toEqual([
      { kind: 'tag', operation: 'remove', tags: ['A', 'B'] },
      { kind: 'points', points: -5 },
      { kind: 'badge', badge: 'first deposit' },
      { kind: 'wait', for: 2 * 86_400_000 },
      {
        kind: 'engagement',
        request: { kind: 'popup', title: 'Hello {{ client.nickname }}' },
        expiresIn: 2 * 86_400_000,
      },
      { kind: 'engagement', request: { kind: 'deep_link', dp: 'dp:profile' }, expiresIn: null },
      { kind: 'sms', text: 'Hi', transactional: true },
      { kind: 'webhook', url: 'https://op.example/hook', body: { a: '{{ event.a }}' } },
    ]);
  });

  test('e-mails take their words from a template, or have their own', () => {
    const templates = { T: { subject: 'S {{ event.a }}', html: '<p>H</p>' } };
    const { campaigns } = labelOf({
      ...campaign({
        steps: [{ email: { template: 'T' } }, { email: { subject: 'S', text: 'T', transactional: true } }],
      }),
      templates,
    });
    expect(campaigns[0]!.steps).toEqual([
      { kind: 'email', words: { subject: 'S {{ event.a }}', html: '<p>H</p>', text: null }, transactional: false },
      { kind: 'email', words: { subject: 'S', html: null, text: 'T' }, transactional: true },
    ]);
  });

  const points = (n: number) => ({ points: n });
  const where = { a: 1 };
  const branch = (otherwise: number) => ({ kind: 'branch', where, customer: null, otherwise });
  const give = (n: number) => ({ kind: 'points', points: n });
  test.each<[string, unknown[], object[]]>([
    ['a filter alone ends what it holds back', [{ filter: { where } }, points(1)], [branch(2), give(1)]],
    [
      'the rest follows both arms',
      [{ filter: { where }, ...arms([points(1)], [points(2)]) }, points(3)],
      [branch(3), give(1), { kind: 'jump', to: 4 }, give(2), give(3)],
    ],
    ['one arm', [{ filter: { where }, ...arms([points(1)]) }, points(2)], [branch(2), give(1), give(2)]],
    [
      'only the other arm',
      [{ filter: { where }, ...arms(null, [points(1)]) }, points(2)],
      [branch(2), { kind: 'jump', to: 3 }, give(1), give(2)],
    ],
    [
      'arms in arms',
      [{ filter: { where }, ...arms([{ filter: { where }, ...arms([points(1)], [points(2)]) }]) }, points(3)],
      [branch(5), branch(4), give(1), { kind: 'jump', to: 5 }, give(2), give(3)],
    ],
    [
      'a filter alone inside an arm ends everything',
      [{ filter: { where }, ...arms([{ filter: { where } }, points(1)]) }, points(2)],
      [branch(3), branch(4), give(1), give(2)],
    ],
  ])('branches are flat: %s', (_, list, program) => expect(programOf(...list)).toEqual(program));
});

test('missions, levels and ads are read with their defaults, levels the lowest first', () => {
  expect(
    labelOf({
      missions: {
        M: { tasks: [{ event: 'X' }, { event: 'Y', where: { a: { $gt: 5 } }, count: 3 }], reward: [{ points: 10 }] },
      },
      levels: [
        { id: 2, name: 'Silver', points: 100 },
        { id: 1, name: 'Bronze', points: 0 },
      ],
      ads: { one: { serveToken: 't1' }, two: { serveToken: 't2', autoActivated: true, content: { title: 'T' } } },
    }),
  ).toMatchObject({
    missions: [
      {
        name: 'M',
        title: 'M',
        tasks: [
          { event: 'X', where: null, count: 1 },
          { event: 'Y', where: { a: { $gt: 5 } }, count: 3 },
        ],
        trust: 'unverified',
        repeats: false,
        reward: [{ kind: 'points', points: 10 }],
      },
    ],
    levels: [{ id: 1 }, { id: 2 }],
    ads: [
      { id: 'one', serveToken: 't1', autoActivated: false, content: {} },
      { id: 'two', serveToken: 't2', autoActivated: true, content: { title: 'T' } },
    ],
  });
});

test('messages say when, how often and by whom', () => {
  expect(
    labelOf({
      messages: {
        quietHours: { from: '22:00', to: '08:30' },
        timeZone: 'Europe/Berlin',
        caps: { email: { times: 3, within: '7d' } },
        inboxPerMonth: 10_000,
        email: { from: 'Casino <hello@op.example>', smtp: 'smtps://me:secret@mail.op.example:465' },
        sms: { url: 'https://sms.op.example/send', key: 'key of the gateway' },
        webhooks: { key: 'whsec_a2V5IG9mIHRoZSB3ZWJob29rcw==' },
      },
    }).messages,
  ).toEqual({
    quietHours: { from: 1320, to: 510 },
    timeZone: 'Europe/Berlin',
    caps: { email: { times: 3, within: 7 * 86_400_000 } },
    inboxPerMonth: 10_000,
    recipientTrust: 'server',
    email: { from: 'Casino <hello@op.example>', smtp: 'smtps://me:secret@mail.op.example:465' },
    sms: { url: 'https://sms.op.example/send', key: 'key of the gateway' },
    webhooks: { key: 'whsec_a2V5IG9mIHRoZSB3ZWJob29rcw==' },
  });
});

const VERBS = 'tag, untag, points, badge, popup, inbox, deepLink, email, sms, push, webhook, wait, filter';
const IN = 'campaigns.A.steps[0].';
describe.each<[string, object, string[]]>([
  ['nothing', { campaigns: { A: {} } }, ['campaigns.A.on: is missing', 'campaigns.A.steps: is missing']],
  [
    'a misspelt name',
    campaign({ enabeld: true }),
    ['campaigns.A.enabeld: is not a name that is known here; did you mean "enabled"?'],
  ],
  [
    'two triggers, and a misspelt one',
    {
      campaigns: {
        A: { on: { event: 'X', system: 'Y' }, steps: [{ tag: 'a' }] },
        B: { on: { evnt: 'X' }, steps: [{ tag: 'a' }] },
      },
    },
    [
      'campaigns.A.on: must have exactly one of event, system, entered, left',
      'campaigns.B.on.evnt: is not a name that is known here; did you mean "event"?',
      'campaigns.B.on: must have exactly one of event, system, entered, left',
    ],
  ],
  [
    'a segment that is not there',
    { ...campaign({ on: { entered: 'VPI' } }), segments: { VIP: { tag: 'a' } } },
    ['campaigns.A.on.entered: names a segment that is not there; did you mean "VIP"?'],
  ],
  [
    'a segment and a mission that a condition calls',
    campaign({ customer: { any: [{ segment: 'VIP' }, { mission: 'M' }] } }),
    [
      'campaigns.A.customer.any[0].segment: names a segment that is not there',
      'campaigns.A.customer.any[1].mission: names a mission that is not there',
    ],
  ],
  [
    'a field code with a hyphen',
    campaign({ where: { 'my-field': 1 } }),
    [
      'campaigns.A.where.my-field: has a hyphen, which no field code may have: a path is field codes of letters, digits and underscores, joined by dots',
    ],
  ],
  [
    'a regular expression, and an operator that is none',
    campaign({ where: { a: { $regex: '.*' }, b: { $gtt: 1 } } }),
    [
      'campaigns.A.where.a.$regex: is a regular expression, which no filter takes',
      'campaigns.A.where.b.$gtt: is not an operator that is known here; did you mean "$gt"?',
    ],
  ],
  [
    'SQL in a filter',
    campaign({ where: { 'amount) OR 1=1 --': 1 } }),
    [
      'campaigns.A.where.amount) OR 1=1 --: is no path into an event: a path is field codes of letters, digits and underscores, joined by dots',
    ],
  ],
  [
    'a cap of too often, and of half a time',
    {
      campaigns: {
        A: { on: { event: 'X' }, cap: { times: 101 }, steps: [{ tag: 'a' }] },
        B: { on: { event: 'X' }, cap: { within: '1w' }, steps: [{ tag: 'a' }] },
      },
    },
    [
      'campaigns.A.cap.times: must be a whole number of 1 to 100',
      'campaigns.B.cap.times: is missing',
      'campaigns.B.cap.within: must be a duration such as "30s", "15m", "12h" or "7d", above 0 and at most 3660d',
    ],
  ],
  [
    'names that mean something else',
    {
      campaigns: { admin: { on: { event: 'toString' }, steps: [{ badge: 'constructor' }] } },
      missions: { ' ': { tasks: [{ event: 'X' }] } },
    },
    [
      'campaigns.admin: has a name that reports use for something else',
      "campaigns.admin.on.event: is named by a word of JavaScript's own; choose another name",
      "campaigns.admin.steps[0].badge: is named by a word of JavaScript's own; choose another name",
      'missions. : has no name',
    ],
  ],
  ['no steps', steps(), ['campaigns.A.steps: must have at least one step']],
  [
    'steps that are none',
    steps({}, 'tag', { tga: 'x' }, { tag: 'a', points: 1 }, { tag: 'a', ...arms([]) }, { tag: [] }),
    [
      `campaigns.A.steps[0]: must have exactly one of ${VERBS}`,
      'campaigns.A.steps[1]: must be an object, got string',
      'campaigns.A.steps[2].tga: is not a name that is known here; did you mean "tag"?',
      `campaigns.A.steps[2]: must have exactly one of ${VERBS}`,
      `campaigns.A.steps[3]: must have exactly one of ${VERBS}`,
      'campaigns.A.steps[4].then: belongs to "filter"',
      'campaigns.A.steps[5].tag: must have at least one tag',
    ],
  ],
  [
    'values that are none',
    steps({ points: 0 }, { points: 1.5 }, { wait: '0s' }, { wait: '4000d' }, { filter: {} }, { tag: 'x'.repeat(101) }),
    [
      `${IN}points: must be a whole number other than 0`,
      'campaigns.A.steps[1].points: must be a whole number other than 0',
      'campaigns.A.steps[2].wait: must be a duration such as "30s", "15m", "12h" or "7d", above 0 and at most 3660d',
      'campaigns.A.steps[3].wait: must be a duration such as "30s", "15m", "12h" or "7d", above 0 and at most 3660d',
      'campaigns.A.steps[4].filter: must have where, customer or both',
      'campaigns.A.steps[5].tag: is longer than 100 characters',
    ],
  ],
  [
    'more steps than fifty, arms included',
    steps({ filter: { where: { a: 1 } }, ...arms(Array.from({ length: 49 }, () => ({ points: 1 }))) }, { points: 1 }),
    ['campaigns.A.steps[1]: is one step more than 50, those of branches included'],
  ],
  [
    'what a popup cannot be',
    steps({
      popup: { titel: 'x', body: 1, buttons: [{ text: 'go', action: 'javascript:x' }], expires_at: 1, width: 5 },
    }),
    [
      `${IN}popup.titel: is not a name that is known here; did you mean "title"?`,
      `${IN}popup.expires_at: is not a name that is known here; did you mean "expiresIn"?`,
      `${IN}popup.title: is missing`,
      `${IN}popup.body: must be a text that is not empty, got number`,
      `${IN}popup.width: must be a whole number of 200 to 2000`,
      `${IN}popup.buttons[0].action: must be an https URL, a path or a dp: link`,
    ],
  ],
  [
    'a template that is none, wherever it stands',
    {
      ...steps(
        { popup: { title: '{{ evnt.x }}', html: '<p>{% for x in event.y %}</p>' } },
        { inbox: { title: '{{ event.x | nope }}', body: 'b', custom_data: { deep: ['{% include "x" %}'] } } },
        { push: { title: 't', body: '{{ constructor }}' } },
        { sms: { text: '{{ event.x' } },
        { deepLink: 'dp:{{ evnt.x }}' },
        { webhook: { url: 'https://op.example', body: { a: ['{% render "x" %}'] } } },
      ),
      templates: { T: { subject: '{% if %}', html: '{{ client.propertis.x }}' } },
    },
    [
      'templates.T.subject: is a template with a mistake: invalid value expression: "" (line 1, column 6)',
      'templates.T.html: is a template with a mistake: names "client.propertis", which is not there; did you mean "client.properties"?',
      `${IN}popup.title: is a template with a mistake: names "evnt", which is not there; did you mean "event"?`,
      `${IN}popup.html: is a template with a mistake: tag {% for x in event.y %} not closed (line 1, column 4)`,
      'campaigns.A.steps[1].inbox.title: is a template with a mistake: undefined filter: nope (line 1, column 1)',
      'campaigns.A.steps[1].inbox.custom_data.deep[0]: is a template with a mistake: tag "include" not found (line 1, column 1)',
      'campaigns.A.steps[2].push.body: is a template with a mistake: names "constructor", which no template may read',
      'campaigns.A.steps[3].sms.text: is a template with a mistake: output "{{ event.x" not closed (line 1, column 1)',
      'campaigns.A.steps[4].deepLink: is a template with a mistake: names "evnt", which is not there; did you mean "event"?',
      'campaigns.A.steps[5].webhook.body.a[0]: is a template with a mistake: tag "render" not found (line 1, column 1)',
    ],
  ],
  [
    'e-mails without words, with two kinds of them, or with a template that is not there',
    {
      ...steps(
        { email: {} },
        { email: { template: 'TT' } },
        { email: { template: 'T', text: 'x' } },
        { email: { subject: 'a\nb' } },
      ),
      templates: { T: { subject: 's' } },
    },
    [
      'templates.T: must have html, text or both',
      `${IN}email: must have a template or a subject`,
      `${IN}email: must have html, text or both`,
      'campaigns.A.steps[1].email.template: names a template that is not there; did you mean "T"?',
      'campaigns.A.steps[2].email.text: belongs to an e-mail without a template',
      'campaigns.A.steps[3].email: must have html, text or both',
      'campaigns.A.steps[3].email.subject: must be one line',
    ],
  ],
  [
    'webhooks that nothing signs',
    campaign({ steps: [{ webhook: { url: 'https://op.example/hook' } }] }),
    [`${IN}webhook: needs a key in messages.webhooks.key, which signs what is sent`],
  ],
  [
    'missions that nobody can complete',
    {
      missions: {
        A: { tasks: [] },
        B: { tasks: [{ event: 'X', count: 0 }] },
        C: { tasks: [{ event: 'X', where: { a: '$b' } }], reward: [{ points: 'many' }] },
      },
    },
    [
      'missions.A.tasks: must have at least one task',
      'missions.B.tasks[0].count: must be a whole number of 1 to 1000000',
      'missions.C.tasks[0].where.a: is a field of the event that began it all, and here there is none',
      'missions.C.reward[0].points: must be a whole number other than 0',
    ],
  ],
  [
    'levels and ads that are the same one twice',
    {
      levels: [
        { id: 1, name: 'A', points: 0 },
        { id: 1, name: 'B', points: 5 },
        { id: 2, name: 'C', points: 5 },
        { name: 'D' },
      ],
      ads: { a: { serveToken: 't' }, b: { serveToken: 't', content: [] }, c: {} },
    },
    [
      'levels[3].id: is missing',
      'levels[3].points: is missing',
      'levels[1]: has the same id as labels[0].levels[0]',
      'levels[2]: has the same points as labels[0].levels[1]',
      'ads.b.content: must be an object',
      'ads.c.serveToken: is missing',
      'ads.b: has the same serveToken as labels[0].ads.a',
    ],
  ],
  [
    'messages that cannot go out so',
    {
      messages: {
        quietHours: { from: '22', to: '24:00' },
        timeZone: 'Europe/Berlni',
        caps: { fax: { times: 1 }, email: { times: 0 } },
        inboxPerMonth: -1,
        recipientTrust: 'anybody',
        email: { from: 'hello', smtp: 'https://mail.op.example' },
        sms: { url: 'http://sms.op.example', key: 'key of 15 bytes' },
        webhooks: {},
      },
    },
    [
      'messages.quietHours.from: must be a time of day such as "22:00"',
      'messages.quietHours.to: must be a time of day such as "22:00"',
      'messages.timeZone: must be a time zone such as "Europe/Berlin"',
      'messages.caps.fax: is not a name that is known here (email, sms, webhook, push)',
      'messages.caps.email.times: must be a whole number of 1 to 100',
      'messages.inboxPerMonth: must be a whole number of 0 to 1000000000',
      'messages.recipientTrust: must be one of "server", "verified", "unverified"',
      'messages.email.from: must be an address such as "Casino <hello@op.example>"',
      'messages.email.smtp: must be an address such as smtps://name:password@mail.op.example:465',
      'messages.sms.url: must be an https URL',
      'messages.sms.key: must be at least 16 bytes',
      'messages.webhooks.key: is missing',
    ],
  ],
])('%s', (_, more, wanted) => {
  test('is told by path and reason', () => expect(mistakesOf(more)).toEqual(wanted));
});

test.each([
  ['not base64 at all!', 'begins with "whsec_", and what follows is no base64'],
  ['a2V5IG9mIHRoZSB3ZWJob29rcw', 'begins with "whsec_", and what follows is no base64'],
  ['c2hvcnQ=', 'must be at least 16 bytes'],
  ['', 'must be at least 16 bytes'],
])('a key for webhooks of whsec_%s is refused', (text, reason) => {
  expect(mistakesOf({ messages: { webhooks: { key: `whsec_${text}` } } })).toEqual([
    `messages.webhooks.key: ${reason}`,
  ]);
});

test.each([
  'http://169.254.169.254/latest/meta-data',
  'https://169.254.169.254/latest/meta-data',
  'https://0x7f000001',
  'https://2130706433',
  'https://127.1',
  'https://[::ffff:127.0.0.1]',
  'https://①②⑦.⓪.⓪.①',
  'https://localhost',
  'https://user:password@op.example',
  '{{ event.url }}',
  'https://{{ event.host }}/',
  'https://{{event.host}}/',
  'https://op.example/{{event.path}}',
])('a webhook to %s is refused when it is written', (url) => {
  expect(mistakesOf(steps({ webhook: { url } }))).toEqual([
    expect.stringMatching(/^campaigns\.A\.steps\[0]\.webhook\.url: /),
  ]);
});

test('what is nested without end, or never ends, is told and not tried', () => {
  const nested = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
  const popup = { title: 't', html: '{{'.repeat(200_000) };
  const list = [{ inbox: { title: 't', body: 'b', custom_data: { nested } } }, { popup }];
  expect(mistakesOf(steps(...list, { webhook: { url: 'https://op.example', body: { nested } } }))).toEqual([
    `${IN}inbox.custom_data.nested${'[0]'.repeat(20)}: is more than 20 levels deep`,
    'campaigns.A.steps[1].popup.html: is a template with a mistake: is longer than 65536 characters',
    `campaigns.A.steps[2].webhook.body.nested${'[0]'.repeat(20)}: is more than 20 levels deep`,
  ]);
});

test('what only an event will say is judged when it is said', () => {
  expect(
    mistakesOf(
      steps({
        popup: {
          title: '{% if event.a %}A{% endif %}',
          html: '<a href="{{event.url}}">go</a>',
          buttons: [
            { text: '{{ event.go }}', action: '{{ event.url }}' },
            { text: 'x', action: 'dp:{{ event.link }}' },
          ],
        },
      }),
    ),
  ).toEqual([]);
});

describe('what works, and should be better, is told too', () => {
  const KEPT_OUT = '"trust": "verified" or "server" keeps those out';
  test('words of events that anybody can make up', () => {
    const email = { email: { subject: 's', text: '{{ event.url }}' } };
    const sent = `sends words of events that anybody can make up; ${KEPT_OUT}`;
    expect(warningsOf(steps(email))).toEqual([`campaigns.A: ${sent}`]);
    expect(warningsOf(campaign({ trust: 'server', steps: [email] }))).toEqual([]);
    expect(warningsOf(campaign({ on: { system: 'X' }, steps: [email] }))).toEqual([]);
    expect(warningsOf(steps({ popup: { title: '{{ event.url }}' } }))).toEqual([]);
    const mission = (more: object) => ({ missions: { M: { tasks: [{ event: 'X' }], reward: [email], ...more } } });
    expect(warningsOf(mission({}))).toEqual([`missions.M: ${sent}`]);
    expect(warningsOf(mission({ trust: 'verified' }))).toEqual([]);
  });

  test.each<[string, object]>([
    ['of a deep link', { deepLink: 'dp:{{ event.page }}' }],
    ['of a popup’s button', { popup: { title: 't', buttons: [{ text: 'go', action: '/{{ event.page }}' }] } }],
    ['of an inbox message', { inbox: { title: 't', body: 'b', action: '{{ client.eventContext.page }}' } }],
    ['of a push', { push: { title: 't', body: 'b', action: '{% if event.page %}/a{% endif %}' } }],
    ['of a link in HTML', { popup: { title: 't', html: '<a href="/{{ event.page }}">go</a>' } }],
  ])('the address %s, where anybody can choose it', (_, step) => {
    const led = `campaigns.A: leads to addresses of events that anybody can make up; ${KEPT_OUT}`;
    expect(warningsOf(steps(step))).toEqual([led]);
    expect(warningsOf(campaign({ trust: 'verified', steps: [step] }))).toEqual([]);
  });

  test('trust, where its segment or rule counts events on a lower word, and names them', () => {
    const segments = {
      REGULARS: { event: 'X', count: { min: 3 } },
      VIP: { tag: 'vip' },
      BOTH: { any: [{ segment: 'REGULARS' }] },
    };
    const warned = (more: object) => warningsOf({ segments, ...campaign({ trust: 'verified', ...more }) });
    const warning = (events: string) =>
      `campaigns.A.trust: is asked of the event that begins it: its segment or rule counts ${events} on a lower word; say "trust" there too`;
    for (const [more, events] of [
      [{ on: { entered: 'BOTH' } }, 'X'],
      [{ on: { left: 'REGULARS' }, customer: { event: 'X' } }, 'X'],
      [{ customer: { not: { event: 'Y' } } }, 'Y'],
      [{ customer: { event: 'Y', trust: 'verified' }, trust: 'server' }, 'Y'],
    ] as const)
      expect([more, warned(more)]).toEqual([more, [warning(events)]]);
    for (const more of [
      {},
      { on: { entered: 'VIP' } },
      { on: { entered: 'BOTH' }, trust: 'unverified' },
      { customer: { not: { event: 'Y', trust: 'server' } } },
    ])
      expect([more, warned(more)]).toEqual([more, []]);
    const ring = { A: { segment: 'B' }, B: { any: [{ segment: 'A' }, { segment: 'C' }] } };
    expect(mistakesOf({ segments: ring, ...campaign({ on: { entered: 'A' }, trust: 'server' }) })).not.toEqual([]);
  });

  test('HTML that is taken out', () => {
    expect(warningsOf(steps({ popup: { title: 't', html: '<p>x</p><script>1</script>' } }))).toEqual([
      'campaigns.A.steps[0].popup.html: script is taken out: no script ever runs here',
    ]);
  });
});
