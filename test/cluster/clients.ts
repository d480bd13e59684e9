/**
 * Clients that send at a steady pace, each one request at a time, and send the very same again until it is acknowledged. They
 * keep the ledger of what was, outside of everything under test, and what it was like to be a client.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Chance, chanceOf } from '../support/seeds.ts';
import { balance } from './balance.ts';
import { browserDoor, type Door, type Said, serverDoor } from './doors.ts';
import { say } from './saying.ts';

interface Kind {
  doorOf: (client: number, chance: Chance) => Door;
  clients: number;
  batch: number;
  /** Milliseconds between two batches of one client. */
  pace: number;
}
const kinds: Kind[] = [
  { doorOf: browserDoor, clients: 4, batch: 1, pace: 40 },
  { doorOf: serverDoor, clients: 2, batch: 1, pace: 40 },
  { doorOf: browserDoor, clients: 2, batch: 50, pace: 150 },
  { doorOf: serverDoor, clients: 2, batch: 50, pace: 600 },
  { doorOf: browserDoor, clients: 1, batch: 500, pace: 1_000 },
  { doorOf: serverDoor, clients: 1, batch: 500, pace: 5_000 },
];

/** What it was like to be a client, for a stretch of time. */
export interface Weather {
  /** Milliseconds in which nobody was acknowledged anything, though all went on sending. */
  longestPause: number;
  /** Requests that had to be sent again, by what was said. */
  again: Map<string, number>;
}

export interface Stretch {
  /** Events that were acknowledged in it so far. */
  readonly acknowledged: number;
  /** Resolves when everything that was sent is acknowledged. */
  end(): Promise<Weather>;
}

export interface Clients {
  /** Of every event that was acknowledged. */
  readonly eids: ReadonlySet<string>;
  /** Payments that were acknowledged, by customer. */
  readonly payments: ReadonlyMap<string, number>;
  /** All of them send, until it ends. */
  begin(): Stretch;
}

export const clientsOf = (urls: string[], seed: number): Clients => {
  const balanced = balance(urls);
  const eids = new Set<string>();
  const payments = new Map<string, number>();
  const clients = kinds
    .flatMap((kind) => Array.from({ length: kind.clients }, () => kind))
    .map(({ doorOf, ...how }, at) => {
      const chance = chanceOf(seed * 1_000 + at);
      return { ...how, chance, door: doorOf(at + 1, chance) };
    });

  const begin = (): Stretch => {
    const before = eids.size;
    const again = new Map<string, number>();
    let longestPause = 0;
    let lastHeard = performance.now();
    let state: 'going on' | 'ending' = 'going on';

    /** While clients leave, nobody needs to be acknowledged anything. */
    const breath = (): void => {
      const now = performance.now();
      if (state === 'going on') longestPause = Math.max(longestPause, now - lastHeard);
      lastHeard = now;
    };
    const heard = ({ eids: sent, paid }: Said): void => {
      breath();
      for (const eid of sent) eids.add(eid);
      for (const user of paid) payments.set(user, (payments.get(user) ?? 0) + 1);
    };
    const saidUntilHeard = async (said: Said, chance: Chance): Promise<void> => {
      for (;;) {
        const led = balanced(chance);
        const answered = await say(said, led.url);
        led.ended(answered.is === 'acknowledged' ? 'well' : 'badly');
        if (answered.is === 'acknowledged') return heard(said);
        again.set(answered.why, (again.get(answered.why) ?? 0) + 1);
        await pause(answered.wait);
      }
    };
    const streams = clients.map(async ({ door, batch, pace, chance }) => {
      while (state === 'going on') {
        await saidUntilHeard(door(batch), chance);
        await pause(pace * (0.5 + chance.share()));
      }
    });
    const all = Promise.all(streams);
    return {
      get acknowledged() {
        return eids.size - before;
      },
      async end() {
        breath();
        state = 'ending';
        await all;
        return { longestPause, again };
      },
    };
  };
  return { eids, payments, begin };
};
