/**
 * From one collector to a page that is open on the other: an event that a campaign answers, and a popup sent by hand.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openScene } from './cluster-scene.ts';
import { clock, sendPopup } from './live-stream.ts';
import { benchLabel, type Running } from './processes.ts';
import { connectVisitor, type Visitor } from './socket-crowd.ts';

export interface Trips {
  /** Milliseconds from the call of the one collector until the page of the other heard. */
  event: number[];
  sent: number[];
}

const VISITORS = 20;
const EACH = 20;
/** Nobody waits for the one before. */
const QUIET_MS = 20;

const definitions = {
  campaigns: {
    answer: { on: { event: 'asked' }, steps: [{ popup: { title: '{{event.id}}', body: 'You asked.' } }] },
  },
};

const sendEvent = async ({ url }: Running, user: string, id: string): Promise<void> => {
  const event = {
    ...{ eid: randomUUID(), event_date: Date.now(), ext_brand_id: benchLabel.brand, user_ext_id: user },
    ...{ event_type: 'client_action', payload: { client_action: 'asked', id } },
  };
  const answer = await fetch(`${url}/api/external/events/v2`, {
    method: 'POST',
    headers: { authorization: 'bench-secret', 'content-type': 'application/json' },
    body: JSON.stringify([event]),
  });
  if (!answer.ok) throw new Error(`an event was not taken: ${answer.status} ${await answer.text()}`);
};

/** Milliseconds until the visitor hears a popup of this title, or an end: what never comes must not hold up the bench. */
const heardOf = (visitor: Visitor, title: string, from: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${title} was not heard within 30 s`)), 30_000);
    visitor.heard = (heard) => {
      if (heard !== title) return;
      clearTimeout(timer);
      resolve(clock() - from);
    };
  });

export const measureTripsAcross = async (trips: Trips): Promise<void> => {
  const scene = await openScene(3, definitions);
  const visitors: Visitor[] = [];
  try {
    const [here, there] = scene.collectors;
    for (let n = 0; n < VISITORS; n++) visitors.push(await connectVisitor(there.url, `across-${n}`));
    for (let turn = 0; turn < EACH; turn++)
      for (const visitor of visitors) {
        const ways: [number[], (title: string) => Promise<void>][] = [
          [trips.event, (title) => sendEvent(here, visitor.user, title)],
          [trips.sent, (title) => sendPopup(here.url, visitor.user, title)],
        ];
        for (const [times, call] of ways) {
          const title = randomUUID();
          const heard = heardOf(visitor, title, clock());
          await call(title);
          times.push(await heard);
          await pause(QUIET_MS);
        }
      }
  } finally {
    for (const { socket } of visitors) socket.terminate();
    await scene.stop();
  }
};
