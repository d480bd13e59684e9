/**
 * Pages that are led elsewhere in the very task of the call: by themselves, or by a platform in their frame that has called.
 */
import type { Page } from 'playwright-core';
import { awaited } from '../support/awaited.ts';
import { openBrowser, orLeft } from '../support/browser.ts';
import type { RunningWorld } from '../support/delivery-world.ts';
import type { State } from './deaths.ts';
import { type Asked, inEveryState, type Outcome, type Player, playAll, times, together } from './lanes.ts';
import { asVisitor, bringInto, comeBack, homeIn, opensNever } from './visit.ts';

const LANES = 2;
/** In each of 32 cells: 320 in all. */
const TIMES = 10;

interface Navigation {
  to: 'site' | 'otherSite';
  by: 'itself' | 'its frame';
  bfcache: boolean;
  state: State;
}

/** An operator's page around a platform of another site. */
const framing = (world: RunningWorld, { database }: State): string => {
  const { network, pages } = world;
  const platform = pages.add(
    `<!doctype html><script src="${network.url}/smartico_inframe.js" data-hosts="${pages.site}"></script><h1>Platform</h1>`,
  );
  return (
    pages.site +
    world.page({
      ...(database !== 'open' && { before: opensNever }),
      tag: world.tag(`data-label="${world.label.key}" data-frames="${pages.otherSite}"`),
      body: `<iframe src="${pages.otherSite}${platform}"></iframe>`,
    })
  );
};

/** The page, or the frame in it, calls and leads the page away, in one task. */
const leave = async (page: Page, { by }: Navigation, name: string, away: string): Promise<void> => {
  const who = by === 'itself' ? page.mainFrame() : page.mainFrame().childFrames()[0]!;
  await orLeft(
    who.evaluate(
      ([name, away]) => {
        (window._smartico_inframe ?? window._smartico).action(name!);
        window.top!.location.href = away!;
      },
      [name, away],
    ),
  );
  await page.waitForURL(away);
};

/** The page around has answered a call of the frame's. */
const connected = (page: Page): Promise<void> =>
  awaited('a frame that is connected', () => {
    const answered = page
      .mainFrame()
      .childFrames()[0]
      ?.evaluate(() => window._smartico_inframe.losses().then(() => true));
    // Its document may not have come yet.
    return answered?.catch(() => false) ?? false;
  });

const navigator =
  (bfcache: boolean) =>
  async (world: RunningWorld): Promise<Player<Navigation>> => {
    const browser = await openBrowser({ bfcache });
    return {
      close: () => browser.close(),
      play: (trial, name) =>
        asVisitor(browser, async (context) => {
          const { by, to, state } = trial;
          const page = await context.newPage();
          const home = by === 'itself' ? homeIn(world, state) : framing(world, state);
          const called = await bringInto(world, page, state, name(1), home);
          if (by !== 'itself') await connected(page);
          called.push(name(2));
          const away = world.pages[to] + world.pages.add('<h1>Thanks</h1>');
          await leave(page, trial, name(2), away);
          // What the page around had not taken when it left waits in the tab for the platform's next document.
          if (by !== 'itself') {
            await page.goto(home);
            await connected(page);
            await page.goto(away);
          }
          await comeBack(world, context, called);
          const where = to === 'site' ? 'its own site' : 'another site';
          return {
            what: `page led to ${where} by ${by}${bfcache ? '' : ', no bfcache'}`,
            when: 'same task',
            state,
            calls: called.map((name) => ({ name, inWindow: false })),
          };
        }),
    };
  };

export const navigations = async (asked: Asked): Promise<Outcome> => {
  const outcomes: Outcome[] = [];
  for (const bfcache of [true, false]) {
    const ways = (['itself', 'its frame'] as const).flatMap((by) =>
      (['site', 'otherSite'] as const).map((to) => ({ bfcache, to, by })),
    );
    const trials = inEveryState(ways, times(TIMES, asked));
    outcomes.push(await playAll('navigations', trials, LANES, navigator(bfcache), asked));
  }
  return together(outcomes);
};
