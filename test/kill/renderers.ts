/**
 * Renderers that are killed at a given time after the call: in its very task, which never ends, or while the page goes on.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { aimAtRenderers, openBrowser } from '../support/browser.ts';
import type { RunningWorld } from '../support/delivery-world.ts';
import { type State, states } from './deaths.ts';
import { type Asked, type Outcome, type Player, playAll, times } from './lanes.ts';
import { bringInto, comeBack } from './visit.ts';
import { windowOf } from './windows.ts';

const LANES = 2;
/** In each of 20 cells: 120 in all. */
const TIMES = 6;
const AFTER = [0, 1, 4, 15, 60];
/** Calls in the task. */
const CALLS = 3;

interface Kill {
  after: number;
  state: State;
}

/** The page calls, in one task, and its renderer dies so many milliseconds later. Resolves with how many they were. */
const callAndDie = async (world: RunningWorld, page: Page, after: number, names: string[]): Promise<number> => {
  const fire = await aimAtRenderers(page);
  const killed = new Promise<number>((resolve, reject) => {
    world.pages.on('/kill', async (called) => {
      const left = Number(called) + after - Date.now();
      if (left > 0) await pause(left);
      const really = Date.now() - Number(called);
      fire().then(() => resolve(really), reject);
    });
  });
  const crashed = page.waitForEvent('crash');
  const called = page.evaluate(
    ([names, endless]) => {
      for (const name of names) window._smartico.action(name);
      const request = new XMLHttpRequest();
      request.open('POST', '/kill', !endless);
      request.send(`${Date.now()}`);
    },
    [names, after === 0] as const,
  );
  // A page that dies in the task never answers; one that goes on has answered.
  const [really] = await Promise.all([killed, crashed, after === 0 ? called.catch(() => {}) : called]);
  return really;
};

const killer = async (world: RunningWorld): Promise<Player<Kill>> => {
  const browser = await openBrowser();
  return {
    close: () => browser.close(),
    async play({ after, state }, name) {
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        const called = await bringInto(world, page, state, name(0));
        const inTask = Array.from({ length: CALLS }, (_, index) => name(index + 1));
        const really = await callAndDie(world, page, after, inTask);
        await page.close();
        await comeBack(world, context, [...called, ...inTask]);
        const early = really < windowOf.renderer;
        /** What is not the task's first is written when the task ends, which this one never did. */
        const unended = after === 0 && state.database === 'open';
        return {
          what: 'renderer',
          when: after === 0 ? 'same task, which never ends' : `${after} ms`,
          state,
          after: really,
          calls: [
            ...called.map((name) => ({ name, inWindow: false })),
            ...inTask.map((name, index) => ({ name, inWindow: early || (unended && index > 0) })),
          ],
        };
      } finally {
        await context.close();
      }
    },
  };
};

export const renderers = (asked: Asked): Promise<Outcome> => {
  const round = states.flatMap((state) => AFTER.map((after) => ({ after, state })));
  const trials = AFTER.flatMap((after) =>
    Array.from({ length: times(TIMES, asked) }, () => round.filter((kill) => kill.after === after)).flat(),
  );
  return playAll('killed renderers', trials, LANES, killer, asked);
};
