import { describe, expect, test } from 'vitest';
import { createAuthority, frameOptions } from '../../../src/sdk/frames/authority.ts';
import type { Settings } from '../../../src/sdk/options.ts';

const PLATFORM = 'https://platform.example';
const OTHER = 'https://other.example';

/** A page that frames may ask; `init` is its own or a frame's. */
const page = (may?: unknown) => {
  let settings: Pick<Settings, 'label' | 'visitor'> | undefined;
  const told: string[] = [];
  const around = { user: null as string | null };
  const init = (label: string, visitor = false) => {
    if (label.trim()) settings = { label, visitor };
  };
  const authority = createAuthority(
    () => settings as Settings | undefined,
    () => may,
    () => around.user,
    (code, about) => void told.push(`${code}: ${about}`),
  );
  return {
    told,
    around,
    init,
    initFrom: (origin: string, label: string, visitor?: boolean) =>
      authority.starts(origin, label, visitor, () => init(label, visitor)),
    speaks: authority.speaks,
  };
};
const refused = (code: string) => expect.objectContaining({ code });

describe('which label', () => {
  test('a page that is not initialised is, by the first frame that says so', () => {
    const { initFrom } = page();
    initFrom(PLATFORM, 'one');
    expect(() => initFrom(OTHER, 'two')).toThrow(refused('init_refused'));
  });

  test('the same label again changes nothing, and is no mistake', () => {
    const { init, initFrom, told } = page();
    init('one');
    initFrom(PLATFORM, 'one');
    initFrom(PLATFORM, 'one', false);
    expect(told).toEqual([]);
  });

  test('another label than the page’s is refused, and the page’s developer is told which and whose', () => {
    const { init, initFrom, told } = page();
    init('one');
    expect(() => initFrom(PLATFORM, 'two')).toThrow(refused('init_refused'));
    expect(told).toEqual([`init_refused: two, from ${PLATFORM}`]);
  });

  test('a page where everybody has a name is not made one of visitors by a frame, nor the other way round', () => {
    const named = page();
    named.init('one');
    expect(() => named.initFrom(PLATFORM, 'one', true)).toThrow(refused('init_refused'));
    const visitors = page();
    visitors.init('one', true);
    expect(() => visitors.initFrom(PLATFORM, 'one', false)).toThrow(refused('init_refused'));
  });
});

describe('which user', () => {
  test('where the platform initialised the page, it names the user', () => {
    const { initFrom, speaks } = page();
    initFrom(PLATFORM, 'one');
    speaks(PLATFORM, 'ann');
    speaks(PLATFORM, null);
  });

  test('there another platform of the same page does not', () => {
    const { initFrom, speaks } = page();
    initFrom(PLATFORM, 'one');
    initFrom(OTHER, 'one');
    expect(() => speaks(OTHER, 'eve')).toThrow(refused('identity_refused'));
  });

  test('a page that initialises itself names its user itself; the refusal says how to let frames', () => {
    const { init, speaks, told } = page();
    init('one');
    expect(() => speaks(PLATFORM, 'eve')).toThrow(refused('identity_refused'));
    expect(told).toEqual([`identity_refused: ${PLATFORM}; data-frames-may="identify" lets it`]);
  });

  test('an init that came to nothing gives a frame no say in a page that then initialises itself', () => {
    const { init, initFrom, speaks } = page();
    initFrom(PLATFORM, ' ');
    init('one');
    expect(() => speaks(PLATFORM, 'eve')).toThrow(refused('identity_refused'));
  });

  test('who says what is so already is not refused', () => {
    const { init, around, speaks, told } = page();
    init('one');
    around.user = '7';
    speaks(PLATFORM, '7');
    speaks(PLATFORM, 7);
    around.user = null;
    speaks(PLATFORM, null);
    expect(told).toEqual([]);
  });

  test.each(['identify', 'identify,consent', 'consent identify'])('data-frames-may="%s" lets frames', (may) => {
    const { init, speaks } = page(may);
    init('one');
    speaks(PLATFORM, 'ann');
    speaks(PLATFORM, undefined);
  });

  test.each(['', 'identity', 'Identify'])(
    'data-frames-may="%s" lets nobody, not even who initialised the page',
    (may) => {
      const { initFrom, speaks } = page(may);
      initFrom(PLATFORM, 'one');
      expect(() => speaks(PLATFORM, 'ann')).toThrow(refused('identity_refused'));
    },
  );

  test('consent is the user’s: whoever may not name the user does not speak for it', () => {
    const { init, speaks } = page();
    init('one');
    expect(() => speaks(PLATFORM, undefined)).toThrow(refused('identity_refused'));
  });
});

test('of a frame’s options those are the page’s that the platform may choose, and each that counts for nothing is told', () => {
  const told: string[] = [];
  const mine = {
    ...{ brand_key: 'b', lang: 'de', visitor_mode: true, debug: true, consent: 'required', gpc: 'honor' },
    suspendOn: ['/cashier'],
  } as const;
  const evil = {
    collector: 'https://evil.example',
    frames: ['https://evil.example'],
    framesMay: 'identify',
    sw: '/evil.js',
  };
  const options = { ...mine, ...evil, ancestors: ['https://evil.example'], standalone: true, other: 'published' };
  expect(frameOptions(options as never, (...words) => void told.push(words.join(': ')))).toEqual(mine);
  expect(told.map((words) => words.replace('bad_argument: init, from a frame: ', '')).sort()).toEqual([
    ...['ancestors', 'collector', 'frames', 'framesMay', 'sw'],
  ]);
});

test.each([
  ['suspendOn', 5],
  ['suspendOn', [5]],
  ['brand_key', {}],
  ['visitor_mode', 'yes'],
  ['lang', 5],
])('%s of %j is no option, and told', (name, value) => {
  const told: string[] = [];
  expect(frameOptions({ [name]: value } as never, (...words) => void told.push(words.join(': ')))).toEqual({});
  expect(told).toEqual([`bad_argument: init, from a frame: ${name}`]);
});

test.each([undefined, null, {}])('no options (%j) leave the page’s tag its say', (options) => {
  expect(frameOptions(options, () => undefined)).toEqual({});
});
