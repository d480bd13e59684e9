/**
 * Renderers that are killed at a given time after the call: in its very task, which never ends, or while the page goes on.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { aimAtRenderers, openBrowser } from '../support/browser.ts';
import type { RunningWorld } from '../support/delivery-world.ts';
import { windowOf } from '../support/windows.ts';
import type { State } from './deaths.ts';
import { type Asked, inEveryState, type Outcome, type Player, playAll, times } from './lanes.ts';
import { bringInto, comeBack } from './visit.ts';

const LANES = 2;
/** In each of 40 cells: 120 in all. */
const TIMES = 3;
const AFTER = [0, 1, 4, 15, 60];
/** Calls in the task. */
const CALLS = 3;

interface Kill {
  after: number;
  /** `never ends`: the page is busy until it dies, and comes to nothing that it had put off. */
  task: 'never ends' | 'ends';
  state: State;
}

/** The page calls, in one task, and its renderer dies so many milliseconds later. Resolves with how many they were. */
const callAndDie = async (world: RunningWorld, page: Page, { after, task }: Kill, names: string[]): Promise<number> => {
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
    ([names, async]) => {
      for (const name of names) window._smartico.action(name);
      const request = new XMLHttpRequest();
      request.open('POST', '/kill', async);
      request.send(`${Date.now()}`);
    },
    [names, task === 'ends'] as const,
  );
  // A page that dies in its task never answers, and one that dies right after it may not.
  const [really] = await Promise.all([killed, crashed, called.catch((cause: Error) => cause)]);
  return really;
};

const killer = async (world: RunningWorld): Promise<Player<Kill>> => {
  const browser = await openBrowser();
  return {
    close: () => browser.close(),
    async play(kill, name) {
      const { after, task, state } = kill;
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        const called = await bringInto(world, page, state, name(0));
        const inTask = Array.from({ length: CALLS }, (_, index) => name(index + 1));
        const really = await callAndDie(world, page, kill, inTask);
        await page.close();
        await comeBack(world, context, [...called, ...inTask]);
        const early = really < windowOf.renderer;
        /** What is not the task's first is written when the task ends, which this one never did. */
        const unended = task === 'never ends' && state.database === 'open';
        return {
          what: `renderer, in a task that ${task}`,
          when: `${after} ms`,
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
  const kills = (['never ends', 'ends'] as const).flatMap((task) => AFTER.map((after) => ({ after, task })));
  return playAll('killed renderers', inEveryState(kills, times(TIMES, asked)), LANES, killer, asked);
};
