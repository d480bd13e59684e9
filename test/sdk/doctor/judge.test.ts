/** From facts to a verdict: the whole table, one line after another, each beginning with a page where all is well. */
import { describe, expect, test } from 'vitest';
import { type Facts, type Verdict, verdicts } from '../../../src/sdk/doctor/diagnosis.ts';
import { judge, table } from '../../../src/sdk/doctor/judge.ts';

const well: Facts = {
  sdk: '1.2.3',
  released: '1.2.3',
  page: 'https://op.example',
  label: 'casino-key',
  brand: 'main',
  collector: 'https://events.op.example',
  publisher: false,
  initialised: true,
  consent: 'given',
  gpc: false,
  localhost: 'no',
  online: true,
  visible: true,
  user: 'identified',
  proof: true,
  waiting: { all: 0, database: 0, journal: 0, memory: 0 },
  storage: 'database',
  stored: 7,
  duplicate: 0,
  rejected: {},
  rejection: null,
  dead: {},
  losses: {},
  stopped: null,
  retry: null,
  answered: '2026-11-21T12:00:00.000Z',
  ahead: 0,
  live: 'open',
  held: [],
  global: 'ours',
  scripts: ['https://events.op.example/smartico.js'],
  strangers: [],
  told: [],
  probe: { is: 'taken' },
};
const before: Partial<Facts> = {
  initialised: false,
  label: null,
  stored: 0,
  answered: null,
  probe: { is: 'not asked' },
};
const refused = (code: string, message = 'why'): Partial<Facts> => ({
  stored: 0,
  probe: { is: 'refused', status: 401, code, message },
});
const waiting = (all: number) => ({ all, database: all, journal: 0, memory: 0 });
const later = '2026-11-21T12:30:00.000Z';
const allRejected = (code: string, rejection: string, proof = true): Partial<Facts> => ({
  stored: 0,
  rejected: { [code]: 4 },
  rejection,
  proof,
});

/** What is so, the verdict, and what its words must have in them. */
const cases: [what: string, is: Partial<Facts>, verdict: Verdict, ...words: string[]][] = [
  ['events are stored', {}, 'well', '7', later.slice(0, 11), 'https://events.op.example/live'],
  ['something was lost long ago', { losses: { storage: 12 } }, 'well', 'storage (12)'],
  ['another script took the global', { global: 'other' }, 'other_global', 'data-global'],
  ['the collector is no address', { ...before, told: ['bad_collector'] }, 'bad_collector', 'https://'],
  ['nothing was called', before, 'nothing_sent', 'no init'],
  ['events wait for a label', { ...before, waiting: waiting(3) }, 'not_initialised', '3 events', 'init(label'],
  ['init was called without a label', { ...before, told: ['no_label'] }, 'not_initialised', 'data-label'],
  ['the visitor refused', { consent: 'refused' }, 'consent_refused', 'The visitor refused'],
  [
    'the collector heard the browser refuse',
    { ...refused('consent_refused'), gpc: true },
    'consent_refused',
    'Global Privacy',
  ],
  ['sending stopped since the browser refuses', { stopped: 'consent_refused', gpc: true }, 'consent_refused'],
  [
    'consent is not answered',
    { ...before, label: 'casino-key', consent: 'awaited' },
    'consent_missing',
    'consent(true)',
  ],
  [
    'the page is on the developer’s machine',
    { ...before, label: 'casino-key', localhost: 'guarded', page: 'http://localhost:3000' },
    'localhost_guard',
    'http://localhost:3000',
    '_smartico_allow_localhost',
  ],
  ['the browser is offline', { online: false, waiting: waiting(2) }, 'offline', '2 events'],
  ['nothing answers at all', { probe: { is: 'offline' } }, 'offline', 'not even https://op.example'],
  [
    'a secure page has an insecure collector',
    { collector: 'http://events.op.example', probe: { is: 'mixed content' } },
    'mixed_content',
    'http://events.op.example',
    'https',
  ],
  [
    'the page’s policy forbids it',
    { probe: { is: 'blocked by policy', directive: 'connect-src' } },
    'blocked_by_policy',
    'connect-src',
    'add https://events.op.example',
  ],
  [
    'the address alone is blocked',
    { probe: { is: 'blocked', within: 2 } },
    'blocked_by_extension',
    '/v1/events',
    '2 ms',
  ],
  [
    'a hotel’s login page answers',
    { probe: { is: 'answered by a stranger', status: 200, type: 'text/html' } },
    'answered_by_stranger',
    'status 200, text/html',
    '/healthz',
  ],
  [
    'a proxy takes the headers away',
    { probe: { is: 'answered by a stranger', status: null, type: null } },
    'answered_by_stranger',
    'CORS',
  ],
  [
    'the collector is down',
    { probe: { is: 'unreachable', within: 900 }, waiting: waiting(5) },
    'collector_unreachable',
    '5 events',
    'certificate',
  ],
  ['no label has the key', refused('unknown_label', 'no label has this label_key'), 'unknown_label', '"casino-key"'],
  ['the origin is not listed', refused('origin_not_allowed'), 'origin_not_allowed', 'add "https://op.example"'],
  ['the rate is used up', refused('rate_limited'), 'rate_limited', '"rates"'],
  ['the collector is overloaded', refused('overloaded'), 'collector_busy', 'log'],
  ['it refuses for another reason', refused('bad_batch', 'sent_at'), 'request_refused', 'bad_batch (401): sent_at'],
  [
    'it refused the page and does no more',
    { stopped: 'origin_not_allowed', waiting: waiting(1) },
    'stopped',
    'load the page anew',
  ],
  ['it asked for patience', { probe: { is: 'not asked' }, retry: { at: later, asked: true } }, 'told_to_wait', later],
  ['hashes ran out', allRejected('identity_expired', 'it ran out'), 'identity_expired', 'sign a new hash'],
  [
    'hashes seem to have run out by a wrong clock',
    { ...allRejected('identity_expired', 'it ran out'), ahead: 11_400 },
    'identity_expired',
    '3 h 10 min ahead',
    'set the clock',
  ],
  ['hashes are missing', allRejected('identity_unverified', 'no hash', false), 'identity_unverified', 'gave none'],
  ['hashes are wrong', allRejected('identity_unverified', 'no match'), 'identity_unverified', 'does not fit'],
  ['hashes are none', allRejected('bad_hash', 'no form'), 'identity_unverified'],
  [
    'every event is rejected',
    allRejected('unknown_brand', 'no brand of that name'),
    'all_rejected',
    'unknown_brand (4)',
    'no brand',
  ],
  [
    'the queue is full',
    { told: ['queue_overflow'], losses: { overflow: 40 }, waiting: waiting(10_000) },
    'queue_full',
    '40',
  ],
  [
    'the next try comes by itself',
    { retry: { at: later, asked: false }, waiting: waiting(1) },
    'retrying',
    later,
    'flush()',
  ],
  ['the database is refused', { storage: 'journal', told: ['queue_not_durable'] }, 'not_durable', 'localStorage'],
  [
    'all storage is refused',
    { storage: 'memory', told: ['queue_not_durable'], waiting: waiting(1) },
    'not_durable',
    '1 event waits',
    'memory',
  ],
  [
    'some events are rejected',
    { stored: 37, rejected: { too_old: 1, unknown_brand: 2 }, rejection: 'the last' },
    'some_rejected',
    '3 of the last 40 events',
    'too_old (1), unknown_brand (2)',
  ],
  ['the database is still opening', { storage: 'journal' }, 'well'],
  ['the database opened after all', { told: ['queue_not_durable'] }, 'well'],
  ['the clock is slow', { ahead: -90 }, 'clock_off', '90 s behind'],
  ['the clock is days off', { ahead: 5 * 86_400 }, 'clock_off', '5 days ahead'],
  ['a strange frame knocked', { strangers: ['data-frames="https://x.example"'] }, 'frame_refused', 'https://x.example'],
  [
    'the script is there twice',
    { scripts: ['/smartico.js', '/copy/smartico.js'] },
    'loaded_twice',
    '/copy/smartico.js',
  ],
  ['the page’s copy is old', { sdk: '1.2.3', released: '1.10.0' }, 'old_sdk', '1.2.3', '1.10.0'],
  ['popups wait on this path', { held: ['popups', 'inbox'] }, 'suspended', 'popups and inbox', 'suspendOn'],
  ['the page made no event', { stored: 0 }, 'nothing_sent', '_smartico.action'],
];

test.each(cases)('%s', (_, is, verdict, ...words) => {
  const diagnosis = judge({ ...well, ...is });
  expect(diagnosis.verdict).toBe(verdict);
  for (const word of words) expect(`${diagnosis.says} ${diagnosis.todo}`).toContain(word);
  expect(diagnosis.todo).toMatch(/^(The (site|operator|visitor)|You|Nobody)\b/);
});

describe('the table', () => {
  /** Where there is no page to look at, or nobody to look, the answer comes from elsewhere. */
  const elsewhere: Verdict[] = ['no_browser', 'no_host', 'host_refused'];

  test('has a line for every verdict, in the order of the list, and a case above for every line', () => {
    expect([...elsewhere, ...table.map(({ verdict }) => verdict)]).toEqual([...verdicts]);
    expect(new Set(cases.map(([, , verdict]) => verdict))).toEqual(new Set(table.map(({ verdict }) => verdict)));
  });

  test('tells what else was found beside the verdict, and then neither that all is well nor that nothing was sent', () => {
    const { verdict, also } = judge({ ...well, ...refused('unknown_label'), ahead: 600, held: ['popups'] });
    expect([verdict, ...also.map((one) => one.verdict)]).toEqual(['unknown_label', 'clock_off', 'suspended']);
  });

  test('finds nothing else where nothing was called', () => {
    expect(judge({ ...well, ...before }).also).toEqual([]);
  });

  test('does not repeat a key that turned out to be secret', () => {
    const diagnosis = judge({
      ...well,
      ...refused('unknown_label', 'no label has this label_key; this one is a secret or admin key: rotate it'),
    });
    expect(JSON.stringify(diagnosis)).not.toContain('casino-key');
  });
});
