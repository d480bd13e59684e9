import { describe, expect, test } from 'vitest';
import { mayComeUp, strangerAround } from '../../../src/sdk/live/ancestors.ts';

const OWN = 'https://op.example';
const PORTAL = 'https://portal.example';
const STRANGER = 'https://evil.example';

/** A page in a browser that names the pages around it, the nearest first. */
const namedPage = (...around: string[]) =>
  ({ location: { origin: OWN, ancestorOrigins: around } }) as unknown as Window;

/** The same in a browser that does not: a page may look only into pages of its own origin. */
const unnamedPage = (...around: string[]): Window => {
  const closed = () => {
    throw new DOMException('Blocked a frame from accessing a cross-origin frame.', 'SecurityError');
  };
  const pages = [OWN, ...around].map((origin) => ({
    get location() {
      return origin === OWN ? { origin } : closed();
    },
    parent: {},
  }));
  for (const [index, page] of pages.entries()) page.parent = pages[index + 1] ?? page;
  return pages[0] as unknown as Window;
};

test.each<[string, string[], string | undefined]>([
  ['nobody', [], undefined],
  ['a page of its own', [OWN], undefined],
  ['a listed page', [PORTAL], undefined],
  ['a listed page inside one of its own', [PORTAL, OWN], undefined],
  ['a stranger’s page', [STRANGER], STRANGER],
  ['a page of its own that a stranger frames', [OWN, STRANGER], STRANGER],
  ['a listed page that a stranger frames', [PORTAL, STRANGER], STRANGER],
  ['a stranger’s page inside a page of its own', [STRANGER, OWN], STRANGER],
  ['a page without an origin', ['null'], 'null'],
  ['a look-alike of its origin', [`${OWN}.evil.example`], `${OWN}.evil.example`],
  ['its host on another port', [`${OWN}:8443`], `${OWN}:8443`],
  ['its host without encryption', ['http://op.example'], 'http://op.example'],
])('a page framed by %s has the stranger %j around it: %s', (_, around, stranger) => {
  expect(strangerAround(namedPage(...around), [PORTAL])).toBe(stranger);
});

test.each([PORTAL, [PORTAL], [undefined, PORTAL]])('a page that lists %j knows the portal', (listed) => {
  expect(strangerAround(namedPage(PORTAL), listed as string[])).toBeUndefined();
});

test('an origin that is none does not vouch for another that is none', () => {
  const page = { location: { origin: 'null', ancestorOrigins: ['null'] } } as unknown as Window;
  expect(strangerAround(page, [])).toBe('null');
});

test.each<[string, string[], string | undefined]>([
  ['nobody', [], undefined],
  ['pages of its own', [OWN, OWN], undefined],
  ['a listed page', [PORTAL], 'another origin'],
  ['a stranger’s page', [STRANGER], 'another origin'],
  ['a page of its own that a stranger frames', [OWN, STRANGER], 'another origin'],
  ['a stranger’s page inside a page of its own', [STRANGER, OWN], 'another origin'],
])('where the browser names no page around, one that is framed by %s is taken so: %j, %s', (_, around, stranger) => {
  expect(strangerAround(unnamedPage(...around), [PORTAL])).toBe(stranger);
});

describe('something comes up', () => {
  /** A page that the visitor has touched, or not, or whose browser cannot say; and whether it came up so far. */
  const page = async (hasBeenActive: boolean | undefined, stranger: string | undefined) => {
    const root = Object.assign(new EventTarget(), {
      navigator: hasBeenActive === undefined ? {} : { userActivation: { hasBeenActive } },
    });
    let up = false;
    void mayComeUp(root as unknown as Window, () => stranger).then(() => {
      up = true;
    });
    const came = async () => {
      await Promise.resolve();
      return up;
    };
    return { came, touch: (how: string) => root.dispatchEvent(new Event(how)) };
  };

  test.each([
    ['a page that no stranger frames', false, undefined],
    ['one that was touched', true, STRANGER],
    ['a browser that does not say', undefined, STRANGER],
  ])('at once on %s', async (_, touched, stranger) => {
    expect(await (await page(touched, stranger)).came()).toBe(true);
  });

  test.each(['pointerup', 'keyup'])('in a stranger’s page with the visitor’s first %s', async (how) => {
    const { came, touch } = await page(false, STRANGER);
    expect(await came()).toBe(false);
    touch(how);
    expect(await came()).toBe(true);
  });
});
