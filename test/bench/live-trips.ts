/**
 * How long a visitor waits for what follows from what they did: a popup that the operator's back end sends after an
 * action, and a marker that another tab of theirs hears of.
 */
import type { Page } from 'playwright-core';
import { onPage, type Scene } from './fresh-page.ts';
import type { inLivePage } from './in-live-page.ts';
import { clock, hearLive, sendPopup } from './live-stream.ts';
import { benchLabel } from './processes.ts';

declare global {
  interface Window {
    live: typeof inLivePage;
  }
}

/** Milliseconds since the call, a value a sample. */
export type Trips = Record<'told' | 'answered' | 'pushed' | 'drawn' | 'drawnFirst' | 'marked', number[]>;

/** The SDK lets a second pass between two sends; a visitor's click comes after a quiet moment. */
const QUIET_MS = 1_200;
/** More than half of a popup has to be seen before it counts as shown. */
const SEEN_MS = 200;

export const siteOf = ({ collector }: Pick<Scene, 'collector'>, user: string) => ({
  ...{ collector, user },
  ...{ label: benchLabel.key, brand: benchLabel.brand },
});

let users = 0;
export const newUser = (): string => `visitor-${++users}`;

const afterQuiet = async (tab: Page): Promise<void> => {
  await tab.evaluate(() => window._smartico.flush());
  await tab.waitForTimeout(QUIET_MS);
};

interface Reply {
  told: number;
  answered: number;
}

/** Answers every action of this user with a popup of that name. */
const backEndFor = async (collector: string, user: string) => {
  const replies = new Map<string, Promise<Reply>>();
  const end = await hearLive(collector, (action, told) => {
    replies.set(
      action,
      sendPopup(collector, user, action).then(() => ({ told, answered: clock() })),
    );
  });
  return { replyTo: (action: string) => replies.get(action), end };
};

/** The first popup of a page fetches the drawing room; the others find it there. */
const popupTrips = (scene: Scene, popups: number, trips: Trips): Promise<void> =>
  onPage(scene, 'from an action to its popup', async (tab) => {
    const user = newUser();
    const backEnd = await backEndFor(scene.collector, user);
    try {
      await tab.evaluate((site) => window.live.start(site), siteOf(scene, user));
      for (let popup = 0; popup < popups; popup++) {
        await afterQuiet(tab);
        const action = `${user}-popup-${popup}`;
        const { called, pushed, drawn } = await tab.evaluate((name) => window.live.actUntilDrawn(name), action);
        const reply = await backEnd.replyTo(action);
        if (!reply) throw new Error(`${action} was drawn, and nobody had sent it`);
        if (popup === 0) trips.drawnFirst.push(drawn - called);
        else {
          trips.told.push(reply.told - called);
          trips.answered.push(reply.answered - called);
          trips.pushed.push(pushed - called);
          trips.drawn.push(drawn - called);
        }
        await tab.waitForTimeout(SEEN_MS);
        await tab.keyboard.press('Escape');
      }
    } finally {
      backEnd.end();
    }
  });

/** Heard in another tab of the same user: the tab that made the call shows it at once, without the collector. */
const markerTrips = (scene: Scene, markers: number, trips: Trips): Promise<void> =>
  onPage(scene, 'from a marker to props_change', async (tab) => {
    const other = await tab.context().newPage();
    await other.goto(scene.page.url);
    const user = newUser();
    for (const one of [tab, other]) await one.evaluate((site) => window.live.start(site), siteOf(scene, user));
    for (let marker = 0; marker < markers; marker++) {
      await afterQuiet(tab);
      const name = `MARK_${marker}`;
      const called = await tab.evaluate((tag) => window.live.mark(tag), name);
      trips.marked.push((await other.evaluate((tag) => window.live.when(`marked ${tag}`), name)) - called);
    }
  });

const EACH_ROUND = { pages: 4, popups: 6, markers: 8 };

export const noTrips = (): Trips => ({
  ...{ told: [], answered: [], pushed: [], drawn: [], drawnFirst: [], marked: [] },
});

export const measureTrips = async (scene: Scene, trips: Trips): Promise<void> => {
  for (let page = 0; page < EACH_ROUND.pages; page++) await popupTrips(scene, EACH_ROUND.popups, trips);
  await markerTrips(scene, EACH_ROUND.markers, trips);
};
