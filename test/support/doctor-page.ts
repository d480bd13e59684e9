/**
 * A page whose doctor, collector and own site do as a test says: the real SDK in a window (happy-dom), nothing fetched but the
 * doctor.
 */
import { examine } from '../../src/sdk/doctor/room.ts';
import { type ScriptedCollector, scriptedCollector } from './scripted-collector.ts';
import type { Device } from './sdk-platform.ts';

/** What else of the collector's, and of the page's own site, answers. */
export type Reach = { [address: string]: boolean };
export const COLLECTOR = 'https://events.op.example';
/** The file can be fetched, and is no script of ours. */
export const fileToo: Reach = { [`${COLLECTOR}/smartico_doctor.js`]: true, [`${COLLECTOR}/healthz`]: true };
export const everywhere: Reach = { [`${COLLECTOR}/healthz`]: true, 'https://op.example/': true };

/** @param room what becomes of the doctor's file */
export const loadPage = (
  here: Device,
  {
    room = async () => ({ examine }),
    reach = everywhere,
    ...rest
  }: { room?: () => Promise<unknown>; reach?: Reach } & Parameters<Device['load']>[0] = {},
) => {
  const collector: ScriptedCollector = scriptedCollector();
  const fetch: typeof globalThis.fetch = async (url, init) => {
    if (init?.body) return collector.fetch(url, init);
    if (reach[`${url}`]) return new Response('{}');
    throw new TypeError('Failed to fetch');
  };
  let fetched = 0;
  const rooms = {
    scriptUrl: (address: string) => address,
    load(name: string): Promise<never> {
      if (name !== 'doctor') return new Promise(() => {});
      fetched++;
      return room() as Promise<never>;
    },
  };
  const loaded = here.load({ collector: { ...collector, fetch }, rooms, ...rest });
  const said: string[] = [];
  for (const how of ['group', 'groupCollapsed', 'log'] as const)
    loaded.root.console[how] = (...words: unknown[]) => void said.push(words.join(' '));
  return { ...loaded, collector, said, fetched: () => fetched };
};
