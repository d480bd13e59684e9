import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeepLink } from '../../src/sdk/deep-link.ts';
import { createLinks } from '../../src/sdk/links.ts';
import { watchNavigation } from '../../src/sdk/navigation.ts';
import { type Device, device, newTab, SITE, type Tab } from '../support/sdk-platform.ts';

const fixture = JSON.parse(readFileSync('test/fixtures/bad-inputs.json', 'utf8')) as {
  id: string;
  surface: string;
  input: string;
}[];

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

/** A page with links, whose user is known or not. */
const visit = (address: string, { known = true, tab = newTab() }: { known?: boolean; tab?: Tab } = {}) => {
  const { platform, root } = here.openPage(SITE + address, tab);
  const user = { known };
  const ran: string[] = [];
  const told: string[] = [];
  const say = ({ verb, params }: DeepLink) => [verb, ...params.values()].join(' ');
  const links = createLinks(
    platform,
    '_smartico',
    () => user.known,
    (link) => void ran.push(say(link)),
    (code, about) => void told.push(`${code}: ${about}`),
  );
  watchNavigation(root, links.look, () => {});
  const identify = () => {
    user.known = true;
    links.release();
  };
  return { links, ran, told, root, identify, address: () => root.location.href.slice(SITE.length) };
};
const go = async (root: Window, hash: string) => {
  const arrived = new Promise((resolve) => root.addEventListener('hashchange', resolve, { once: true }));
  root.location.hash = hash;
  await arrived;
};

describe('hostile and odd links, by their number in the fixture', () => {
  const input = (id: string) =>
    `${fixture.find((entry) => entry.id === id)?.input}`.split('  (')[0]?.split(' (')[0] ?? '';
  const cases: Record<string, { ran: string[]; told?: RegExp; address?: string }> = {
    D01: { ran: ['action deposit_bonus_claim'] },
    D02: { ran: ['action '] },
    D03: { ran: ['action'] },
    D04: { ran: ['action x'] },
    D05: { ran: ['action x'] },
    D06: { ran: [], told: /^link_dropped/ },
    D08: { ran: [], told: /^link_dropped/ },
    D09: { ran: ['inbox'], address: '#/route?x=1' },
    D10: { ran: [], told: /^link_dropped/ },
    D23: { ran: [], told: /^link_dropped/ },
    D24: { ran: [], told: /^link_dropped/ },
    D26: { ran: ['action x'] },
    D28: { ran: ['action x'] },
  };

  test.each(Object.entries(cases))('%s', (id, { ran, told, address = '' }) => {
    const page = visit(input(id));
    expect([page.ran, page.address()]).toEqual([ran, address]);
    if (told) expect(page.told).toEqual([expect.stringMatching(told)]);
    else expect(page.told).toEqual([]);
  });

  test('every entry is here, those of the verb `go` excepted', () => {
    const ids = fixture
      .filter(({ surface, input }) => surface === 'deeplink' && !input.includes('dp:go'))
      .map(({ id }) => id);
    expect(Object.keys(cases).sort()).toEqual(ids.sort());
  });

  test('D26: the same link a thousand times in one document runs once', async () => {
    const page = visit('');
    for (let times = 0; times < 1_000; times++) page.root.history.replaceState(null, '', input('D26'));
    for (let times = 0; times < 5; times++) await go(page.root, input('D26'));
    expect([page.ran, page.address()]).toEqual([['action x'], '']);
  });
});

describe('a link waits for the user', () => {
  test('A6 where links come from: the hash of the address, once when the user is known', () => {
    const page = visit('#_smartico_dp=dp:action&action=X', { known: false });
    expect([page.ran, page.address()]).toEqual([[], '']);
    page.identify();
    page.identify();
    expect(page.ran).toEqual(['action X']);
  });

  test('A6 where links come from: across a login page in between, in the same tab only', () => {
    const tab = newTab();
    visit('#_smartico_dp=dp:action&action=two words', { known: false, tab });
    expect(visit('login', { known: false, tab }).ran).toEqual([]);
    const other = visit('');
    other.identify();
    expect(other.ran).toEqual([]);
    const back = visit('account', { known: false, tab });
    back.identify();
    expect(back.ran).toEqual(['action two words']);
    const again = visit('account', { known: false, tab });
    again.identify();
    expect(again.ran).toEqual([]);
  });

  test('A6 dp(link): five wait in order; one more is refused, and told', () => {
    const page = visit('', { known: false });
    for (let link = 1; link <= 7; link++) page.links.open(`dp:action&action=${link}`);
    page.identify();
    expect(page.ran).toEqual([1, 2, 3, 4, 5].map((link) => `action ${link}`));
    expect(page.told).toContainEqual(expect.stringMatching(/^link_dropped/));
  });

  test('what anybody else wrote where links wait is read through the same grammar', () => {
    const tab = newTab();
    tab.session.set('_smartico:dp', 'dp:action&action=%00 dp:__proto__ dp:action&action=Good');
    const page = visit('', { known: false, tab });
    page.identify();
    expect([page.ran, page.told.length]).toEqual([['action Good'], 2]);
  });
});

describe('in-page navigation', () => {
  const LINK = '_smartico_dp=dp:action&action=';
  test('A6 where links come from: by hash, pushState and replaceState is looked at, and only our parameter leaves the address', async () => {
    const page = visit('lobby?a=%7E#/r');
    await go(page.root, `#/games?b=1&${LINK}A`);
    expect(page.address()).toBe('lobby?a=%7E#/games?b=1');
    page.root.history.pushState({ route: 1 }, '', `/slots?x=%20&${LINK}B&utm_source=m#h`);
    expect([page.address(), page.root.history.state]).toEqual(['slots?x=%20&utm_source=m#h', { route: 1 }]);
    page.root.history.replaceState({ route: 2 }, '', `?${LINK}C`);
    expect([page.address(), page.root.history.state]).toEqual(['slots', { route: 2 }]);
    expect(page.ran).toEqual(['action A', 'action B', 'action C']);
  });

  test('without a link leaves the address alone', () => {
    const page = visit('');
    const replaced = vi.spyOn(page.root.history, 'replaceState');
    page.root.history.pushState(null, '', '/next?a=1#b');
    expect([page.address(), replaced.mock.calls.length]).toEqual(['next?a=1#b', 0]);
  });
});

describe('how often', () => {
  const LINK = '#_smartico_dp=dp:action&action=';
  test('five links a minute run, over all documents of the origin; the rest are dropped and told', () => {
    for (const name of 'ABCDE') expect(visit(`${LINK}${name}`).ran).toEqual([`action ${name}`]);
    const sixth = visit(`${LINK}F`);
    expect([sixth.ran, sixth.told, sixth.address()]).toEqual([[], ['link_dropped: over 5 a minute'], '']);
    here.clock.ahead = 61_000;
    expect(visit(`${LINK}G`).ran).toEqual(['action G']);
  });

  test('the same link in another document runs again', () => {
    expect([visit(`${LINK}A`).ran, visit(`${LINK}A`).ran]).toEqual([['action A'], ['action A']]);
  });

  test('links that the page itself opens are not counted', () => {
    const page = visit('');
    for (let times = 0; times < 8; times++) page.links.open('dp:action&action=own');
    expect(page.ran).toHaveLength(8);
  });
});
