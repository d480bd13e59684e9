import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCallbacks } from '../../../src/sdk/callbacks.ts';
import { parseLink } from '../../../src/sdk/deep-link.ts';
import { createVerbs } from '../../../src/sdk/live/verbs.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A page on which links run, and what they did. */
const page = ({ named = '{}', hosts = 'shop.op.example' }: { named?: string; hosts?: string } = {}) => {
  const did: unknown[] = [];
  const told: string[] = [];
  const tell = (code: string, about: string) => void told.push(`${code}: ${about}`);
  const callbacks = createCallbacks(tell);
  const root = {
    location: { href: 'https://op.example/lobby', assign: (address: string) => void did.push(`go ${address}`) },
    open: (...args: string[]) => void did.push(['open', ...args]),
  } as unknown as Window;
  const verbs = createVerbs({
    root,
    callbacks,
    named: () => named,
    hosts: () => hosts,
    openInbox: () => void did.push('inbox'),
    askForPush: () => void did.push('push'),
    showWidget: (screen) => void did.push(`widget ${screen}`),
    tell,
  });
  return {
    callbacks,
    did,
    told,
    follow(text: string) {
      const link = parseLink(text);
      if (link) verbs.run(link);
      else told.push('no link');
    },
    acts: (text: string) => verbs.acts(parseLink(text)!),
  };
};

describe('A6 deep links', () => {
  test.each([
    ['dp:inbox', 'inbox'],
    ['inbox', 'inbox'],
    ['DP:INBOX', 'inbox'],
    ['dp:ask_push_permissions', 'push'],
    ['dp:gf', 'widget gf'],
    ['dp:gf_missions&id=5', 'widget gf_missions'],
    ['dp:gf_section&liquidParams={"mission_id":1}', 'widget gf_section'],
    ['dp:gf_saw&id=3&standalone=true', 'widget gf_saw'],
    ['dp:gf_change_nickname', 'widget gf_change_nickname'],
    ['dp:go&url=/deposit', 'go https://op.example/deposit'],
    ['dp:go&url=https%3A%2F%2Fshop.op.example%2Fx', 'go https://shop.op.example/x'],
    ['https://shop.op.example/x', 'go https://shop.op.example/x'],
    ['/deposit?from=popup', 'go https://op.example/deposit?from=popup'],
    ['dp:/deposit', 'go https://op.example/deposit'],
  ])('A6 gf, gf_saw, gf_section, gf_change_nickname, inbox, ask_push_permissions, go: %s is %s', (link, what) => {
    const { follow, did, told } = page();
    follow(link);
    expect([did, told]).toEqual([[what], []]);
  });

  test.each(['ok', 'cancel', 'close', 'close_me', 'gf_close', 'submit'])(
    'A6 ok, cancel, close, close_me, gf_close, submit: dp:%s only closes',
    (verb) => {
      const { follow, did, told } = page();
      follow(`dp:${verb}`);
      expect([did, told]).toEqual([[], []]);
    },
  );

  test('A6 go: with target=_blank it opens a window that cannot reach back', () => {
    const { follow, did } = page();
    follow('dp:go&url=/deposit&target=_blank');
    expect(did).toEqual([['open', 'https://op.example/deposit', '_blank', 'noopener']]);
  });

  test.each(['_self', '_top', '_parent', 'any'])('A6 go: another target (%s) is this window', (target) => {
    const { follow, did } = page();
    follow(`dp:go&url=/deposit&target=${target}`);
    expect(did).toEqual(['go https://op.example/deposit']);
  });

  test('A6 dp(link): an unknown one is told, and does nothing', () => {
    const { follow, did, told } = page();
    follow('dp:cashier');
    expect([did, told]).toEqual([[], ['link_unknown: cashier']]);
  });
});

describe('names of the operator', () => {
  const named = JSON.stringify({
    deposit: 'https://shop.op.example/deposit',
    inbox: '/own-inbox',
    bad: 'javascript:alert(1)',
    odd: 5,
  });

  test('A6 operator-defined names: one leads where the config says, also in the place of one of ours', () => {
    const { follow, did } = page({ named });
    follow('dp:deposit');
    follow('dp:inbox');
    expect(did).toEqual(['go https://shop.op.example/deposit', 'go https://op.example/own-inbox']);
  });

  test('go through the same check as every address', () => {
    const { follow, did, told } = page({ named });
    follow('dp:bad');
    expect([did, told]).toEqual([[], ['link_dropped: javascript:alert(1)']]);
  });

  test.each(['constructor', 'tostring', 'odd', 'hasownproperty'])(
    'what is no address of the operator’s (%s) is unknown',
    (verb) => {
      const { follow, did, told } = page({ named });
      follow(`dp:${verb}`);
      expect([did, told]).toEqual([[], [`link_unknown: ${verb}`]]);
    },
  );

  test.each(['', 'nonsense', 'null', '[]'])('a list that is none (%j) names nothing', (broken) => {
    const { follow, told } = page({ named: broken });
    follow('dp:deposit');
    expect(told).toEqual(['link_unknown: deposit']);
  });
});

describe('the page’s own handler', () => {
  test('A6 operator-defined names: the page’s own handler is asked first, hears verb and parameters, and nothing else happens', () => {
    const { follow, did, told, callbacks } = page();
    const heard = vi.fn();
    callbacks.on('dp:cashier', heard);
    callbacks.on('dp:gf_missions', heard);
    follow('dp:cashier&tab=deposit&amount=5+00');
    follow('dp:gf_missions&id=7');
    vi.runAllTimers();
    expect(heard.mock.calls).toEqual([
      [{ verb: 'cashier', params: { tab: 'deposit', amount: '5 00' } }],
      [{ verb: 'gf_missions', params: { id: '7' } }],
    ]);
    expect([did, told]).toEqual([[], []]);
  });

  test('that throws is told, and the page goes on', () => {
    const { follow, told, callbacks } = page();
    callbacks.on('dp:cashier', () => {
      throw new Error('the page’s own');
    });
    follow('dp:cashier');
    vi.runAllTimers();
    expect(told).toEqual(['handler_threw: dp:cashier']);
  });
});

describe('a link acts', () => {
  const named = JSON.stringify({ deposit: '/deposit', gf_board: '/board', ok: '/ok' });

  test.each(['dp:inbox', 'dp:gf', 'dp:gf_missions&id=5', 'dp:ok', 'dp:close', 'dp:gf_close'])(
    'if it does more than %s, which shows something of ours or closes',
    (link) => expect(page().acts(link)).toBe(false),
  );

  test.each([
    ...['dp:action&action=CLAIM', 'dp:ask_push_permissions', 'dp:go&url=/deposit', 'https://shop.op.example/x', '/x'],
    ...['dp:deposit', 'dp:gf_board', 'dp:ok', 'dp:cashier', 'dp:constructor', 'dp:gfx', 'dp:inbox_all'],
  ])('as %s does: what it is made of may be anything', (link) => expect(page({ named }).acts(link)).toBe(true));

  test('if the page has made something of its own of the name', () => {
    const { acts, callbacks } = page();
    callbacks.on('dp:gf_missions', () => {});
    expect([acts('dp:gf_missions'), acts('dp:gf')]).toEqual([true, false]);
  });
});

describe('D14, D15, D16, D17, D18: hostile links with `go`, as they stand in the fixture', () => {
  const fixture = JSON.parse(readFileSync('test/fixtures/bad-inputs.json', 'utf8')) as { id: string; input: string }[];
  const hostile = fixture.filter(({ input }) => input.includes('dp:go')).map(({ id, input }) => [id, input] as const);

  test('there are some', () => expect(hostile.map(([id]) => id)).toEqual(['D14', 'D15', 'D16', 'D17', 'D18']));

  test.each(hostile)('%s leads nowhere, and is told', (_id, input) => {
    const { follow, did, told } = page();
    follow(input.replace('#_smartico_dp=', ''));
    expect([did, told.length]).toEqual([[], 1]);
  });
});
