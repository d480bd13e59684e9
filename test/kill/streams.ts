/**
 * Clients that stream batches into the collector over real sockets, as the SDK does: one request at a time each, sent again
 * until it is answered. Keeps the ledger of what was acknowledged.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Batch } from '../../src/wire/event.ts';
import { eventIds } from '../../src/wire/ids.ts';
import { parseAnswer } from '../../src/wire/parse.ts';
import { type Chance, chanceOf } from '../support/seeds.ts';

/** Milliseconds until a request that failed is sent again. */
const AGAIN = 20;

export interface Streams {
  /** Requests without an answer at this moment, and the events they bring. */
  readonly open: number;
  /** Everything that was acknowledged or is unanswered, and was not taken before. */
  take(): string[];
  /** Sends no further batch until `goOn`; resolves when every one that was sent is answered. */
  hold(): Promise<void>;
  goOn(): void;
  /** Resolves when every event is acknowledged. */
  end(): Promise<void>;
}

const batchOf = (client: number, chance: Chance, next: () => string, from: number, labelKey: string): Batch => ({
  batch_id: `batch-${client}-${from}-${chance.word()}`,
  label_key: labelKey,
  device_id: `device-${client}`,
  sent_at: Date.now(),
  hashes: {},
  losses: {},
  pages: [],
  events: Array.from({ length: chance.whole(1, 20) }, (_, index) => ({
    eid: next(),
    event_date: Date.now(),
    ext_brand_id: null,
    user_ext_id: `player-${client}`,
    event_type: 'client_action',
    // One action, many names: a name of its own for each would fill the registry.
    payload: { client_action: 'streamed', name: `stream-${client}.${from + index}` },
    session_id: `session-${client}`,
    page_id: `page-of-${client}`,
    seq: from + index,
    source: 'api' as const,
  })),
});
const namesOf = ({ events }: Batch): string[] => events.map(({ payload }) => String(payload.name));

export const startStreams = (url: string, labelKey: string, clients: number): Streams => {
  let ending = false;
  let held: { promise: Promise<void>; release: () => void } | undefined;
  let open = 0;
  const taken: string[] = [];
  const underway = new Set<Batch>();

  /** Whether the collector has answered for every event. */
  const acknowledged = async (batch: Batch): Promise<boolean> => {
    open++;
    try {
      const response = await fetch(`${url}/v1/events`, { method: 'POST', body: JSON.stringify(batch) });
      const said = await response.text();
      const answer = response.ok ? parseAnswer(JSON.parse(said), batch.batch_id) : undefined;
      if (response.status < 500 && (!answer || answer.rejected.length)) throw new RangeError(said);
      return !!answer;
    } catch (cause) {
      if (cause instanceof RangeError) throw cause; // a verdict that no event here deserves
      return false; // it is down, or was killed over this request
    } finally {
      open--;
    }
  };
  const stream = async (client: number): Promise<void> => {
    const chance = chanceOf(client);
    const next = eventIds(Date.now, `${chance.word()}${chance.word()}`.slice(0, 12).padEnd(12, '0'));
    for (let from = 1; !ending; ) {
      await held?.promise;
      const batch = batchOf(client, chance, next, from, labelKey);
      underway.add(batch);
      while (!(await acknowledged(batch))) await pause(AGAIN);
      underway.delete(batch);
      taken.push(...namesOf(batch));
      from += batch.events.length;
    }
  };
  const done = Promise.all(Array.from({ length: clients }, (_, client) => stream(client + 1)));
  return {
    get open() {
      return open;
    },
    take: () => [...taken.splice(0), ...[...underway].flatMap(namesOf)],
    async hold() {
      let release = () => {};
      const promise = new Promise<void>((resolve) => {
        release = resolve;
      });
      held = { promise, release };
      while (underway.size) await pause(1);
    },
    goOn() {
      held?.release();
      held = undefined;
    },
    async end() {
      ending = true;
      await done;
    },
  };
};
