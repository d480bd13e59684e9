/**
 * Pages that are left, and tabs that are closed, in the very task of the call.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { awaited } from '../support/awaited.ts';
import { openBrowser, orClosed, orLeft } from '../support/browser.ts';
import type { RunningWorld } from '../support/delivery-world.ts';
import { type State, states } from './deaths.ts';
import { type Asked, type Outcome, type Player, playAll, times, together } from './lanes.ts';
import { bringInto, comeBack, homeIn, opensNever } from './visit.ts';

const LANES = 2;
/** In each of 4 states: 320 navigations, 304 closed tabs. */
const TIMES = { navigation: 10, close: 38 };

const whiles = <Trial>(trials: Trial[], often: number): (Trial & { state: State })[] =>
  Array.from({ length: often }, () => states.flatMap((state) => trials.map((trial) => ({ ...trial, state })))).flat();

interface Navigation {
  to: 'site' | 'otherSite';
  by: 'itself' | 'its frame';
  bfcache: boolean;
  state: State;
}
const navigations = ([true, false] as const).map((bfcache) =>
  (['site', 'otherSite'] as const).flatMap((to) =>
    (['itself', 'its frame'] as const).map((by) => ({ bfcache, to, by })),
  ),
);

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

const leave = async (page: Page, { by }: Navigation, name: string, away: string): Promise<void> => {
  const [platform] = page.mainFrame().childFrames();
  if (by === 'itself')
    await orLeft(
      page.evaluate(
        ([name, away]) => {
          window._smartico.action(name!);
          location.href = away!;
        },
        [name, away],
      ),
    );
  else
    await orLeft(
      platform!.evaluate(
        ([name, away]) => {
          window._smartico_inframe.action(name!);
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

/** A visitor of one's own for each trial: nothing waits, and nothing failed before. */
const asVisitor = async <Done>(browser: Browser, visit: (context: BrowserContext) => Promise<Done>): Promise<Done> => {
  const context = await browser.newContext();
  try {
    return await visit(context);
  } finally {
    await context.close();
  }
};

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
          await leave(page, trial, name(2), world.pages[to] + world.pages.add('<h1>Thanks</h1>'));
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

interface Close {
  by: 'tab closed by itself' | 'tab closed by the browser';
  state: State;
}
const closes = (['tab closed by itself', 'tab closed by the browser'] as const).map((by) => ({ by }));

const close = async (context: BrowserContext, page: Page, { by }: Close, name: string): Promise<void> => {
  const closed = page.waitForEvent('close');
  if (by === 'tab closed by itself') {
    const leaving = page.evaluate((name) => {
      setTimeout(() => {
        window._smartico.action(name);
        window.close();
      });
    }, name);
    await Promise.all([closed, orClosed(leaving)]);
  } else {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Runtime.evaluate', { expression: `_smartico.action('${name}')` });
    await Promise.all([closed, orClosed(devtools.send('Page.close'))]);
  }
};

/** Only a tab that a page has opened may close itself. */
const tabOf = async (context: BrowserContext): Promise<Page> => {
  const opener = await context.newPage();
  const opened = context.waitForEvent('page');
  await opener.evaluate(() => void window.open('about:blank'));
  return opened;
};

const closer = async (world: RunningWorld): Promise<Player<Close>> => {
  const browser = await openBrowser();
  return {
    close: () => browser.close(),
    play: (trial, name) =>
      asVisitor(browser, async (context) => {
        const { by, state } = trial;
        const page = await tabOf(context);
        const called = await bringInto(world, page, state, name(1));
        called.push(name(2));
        await close(context, page, trial, name(2));
        await comeBack(world, context, called);
        return { what: by, when: 'same task', state, calls: called.map((name) => ({ name, inWindow: false })) };
      }),
  };
};

export const leaving = async (asked: Asked): Promise<Outcome> => {
  const outcomes: Outcome[] = [];
  for (const some of navigations) {
    const trials = whiles(some, times(TIMES.navigation, asked));
    outcomes.push(await playAll('navigations', trials, LANES, navigator(some[0]!.bfcache), asked));
  }
  outcomes.push(await playAll('closed tabs', whiles(closes, times(TIMES.close, asked)), LANES, closer, asked));
  return together(outcomes);
};
