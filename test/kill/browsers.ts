/**
 * Whole browsers that are killed, with everything they started, at a given time after the call, and opened again with the
 * same profile.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { killBrowser, openProfile } from '../support/browser.ts';
import type { RunningWorld } from '../support/delivery-world.ts';
import { windowOf } from '../support/windows.ts';
import type { State } from './deaths.ts';
import { type Asked, inEveryState, type Outcome, type Player, playAll, times } from './lanes.ts';
import { bringInto, comeBack } from './visit.ts';

const LANES = 2;
/** In each of 32 cells: 96 in all. */
const TIMES = 3;
const AFTER = [0, 50, 200, 500, 1_000, 2_500, 4_500, 6_000];

interface Kill {
  after: number;
  state: State;
}

const killer = async (world: RunningWorld): Promise<Player<Kill>> => {
  const directory = await mkdtemp(join(tmpdir(), 'openaction-profile-'));
  return {
    close: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }),
    async play({ after, state }, name) {
      const doomed = await openProfile(directory);
      const page = await doomed.newPage();
      const called = await bringInto(world, page, state, name(0));
      const inTask = [name(1), name(2)];
      const at = await page.evaluate((names) => {
        for (const name of names) window._smartico.action(name);
        return Date.now();
      }, inTask);
      await pause(Math.max(0, at + after - Date.now()));
      const closed = doomed.waitForEvent('close');
      // Before the processes are found, which takes some milliseconds: rather too short than too long.
      const killed = Date.now();
      killBrowser(directory);
      await closed;
      const context = await openProfile(directory);
      await comeBack(world, context, [...called, ...inTask]);
      await context.close();
      const inWindow = killed - at <= windowOf.browser(state);
      return {
        what: 'browser',
        when: after < 1_000 ? `${after} ms` : `${after / 1_000} s`,
        state,
        after: killed - at,
        calls: [
          // Its request had reached the collector before.
          ...called.map((name) => ({ name, inWindow: false })),
          ...inTask.map((name) => ({ name, inWindow })),
        ],
      };
    },
  };
};

export const browsers = (asked: Asked): Promise<Outcome> => {
  const kills = AFTER.map((after) => ({ after }));
  return playAll('killed browsers', inEveryState(kills, times(TIMES, asked)), LANES, killer, asked);
};
