/** What an operator asks to be sent, and every way in which it can be wrong. */
import { expect, test } from 'vitest';
import { readRequest } from '../../../src/collector/engagement/request.ts';

const places = { own: new Set<string>(), linkHosts: [], assetOrigins: ['https://cdn.op.example'] };
const now = 1_000_000;
const readAs = (value: unknown) => readRequest(value, places, now);
const popup = (more: object = {}) => ({ kind: 'popup', title: 'Hello', ...more });
const inbox = (more: object = {}) => ({ kind: 'inbox', title: 'Hello', body: 'World', ...more });

test('a popup needs a title and nothing else', () => {
  expect(readAs(popup())).toEqual({
    ok: true,
    requested: {
      uid: undefined,
      removed: [],
      content: {
        kind: 'popup',
        html: null,
        popup: {
          title: 'Hello',
          body: null,
          has_html: false,
          width: 480,
          height: 320,
          buttons: [],
          priority: 0,
          expires_at: null,
          dir: null,
        },
      },
    },
  });
});

test.each(['/lantern.svg', 'https://cdn.op.example/i.png'])('%s may be a picture', (image) => {
  expect(readAs(inbox({ image }))).toMatchObject({ ok: true, requested: { content: { image } } });
});

test('an inbox message with HTML or buttons opens itself', () => {
  const buttons = [{ text: 'Go', action: '/promo' }];
  expect(readAs(inbox({ buttons }))).toMatchObject({
    ok: true,
    requested: { content: { action: 'dp:inbox', buttons } },
  });
  expect(readAs(inbox({ html: '<b>x</b>' }))).toMatchObject({
    ok: true,
    requested: { content: { action: 'dp:inbox' } },
  });
  expect(readAs(inbox())).toMatchObject({ ok: true, requested: { content: { action: null } } });
});

test.each<[string, unknown, [path: string, code: string][]]>([
  ['nothing', null, [['kind', 'bad_field']]],
  ['an array', [popup()], [['kind', 'bad_field']]],
  ['no kind', {}, [['kind', 'bad_field']]],
  ['a kind that does not exist', { kind: 'toString' }, [['kind', 'bad_field']]],
  ['a popup without a title', { kind: 'popup' }, [['title', 'bad_field']]],
  ['an empty title', popup({ title: '' }), [['title', 'bad_field']]],
  ['a name that nobody knows', popup({ tilte: 'x' }), [['tilte', 'bad_field']]],
  ['a title that is too long', popup({ title: 'x'.repeat(201) }), [['title', 'too_long']]],
  ['five buttons', popup({ buttons: Array(5).fill({ text: 'x', action: '/x' }) }), [['buttons', 'too_long']]],
  ['a button without action', popup({ buttons: [{ text: 'x' }] }), [['buttons[0].action', 'bad_field']]],
  [
    'script in a button',
    popup({ buttons: [{ text: 'x', action: 'javascript:alert(1)' }] }),
    [['buttons[0].action', 'unsafe_link']],
  ],
  ['script in a picture', inbox({ image: 'data:image/svg+xml,x' }), [['image', 'unsafe_link']]],
  ['a picture that tells another host', inbox({ image: 'https://evil.example/i.png' }), [['image', 'unsafe_link']]],
  ['script in a deep link', { kind: 'deep_link', dp: 'javascript:alert(1)' }, [['dp', 'unsafe_link']]],
  ['a time that has passed', popup({ expires_at: now }), [['expires_at', 'expired']]],
  ['a time that is no number', popup({ expires_at: 'soon' }), [['expires_at', 'bad_field']]],
  ['HTML of which nothing is left', popup({ html: '<script>x</script>' }), [['html', 'nothing_left']]],
  ['HTML that is too long', popup({ html: 'x'.repeat(65_537) }), [['html', 'too_long']]],
  [
    'a size beyond any screen',
    popup({ width: 5000, height: 0.5 }),
    [
      ['width', 'bad_field'],
      ['height', 'bad_field'],
    ],
  ],
  ['a direction that is none', popup({ dir: 'up' }), [['dir', 'bad_field']]],
  ['a message whose HTML nobody would see', inbox({ html: '<b>x</b>', action: '/promo' }), [['action', 'bad_field']]],
  ['data that is no object', inbox({ custom_data: [1] }), [['custom_data', 'bad_field']]],
  ['an id that is too short', popup({ engagement_uid: 'short' }), [['engagement_uid', 'bad_field']]],
  [
    'a hundred thousand names: fifty are told',
    popup(Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`name${n}`, n]))),
    Array.from({ length: 50 }, (_, n): [string, string] => [`name${n}`, 'bad_field']),
  ],
  [
    'two mistakes at once',
    inbox({ title: 5, priority: 1 }),
    [
      ['priority', 'bad_field'],
      ['title', 'bad_field'],
    ],
  ],
])('%s is refused with its place', (_what, value, mistakes) => {
  const answer = readAs(value);
  expect(answer.ok ? [] : answer.mistakes.map(({ path, code }) => [path, code])).toEqual(mistakes);
});
