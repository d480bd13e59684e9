/**
 * A million events of fifty thousand customers, then: who is in a segment? Asked of a segment of the config, whose members are
 * kept, and of a rule that nobody has asked before; and what ingest loses meanwhile.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { drive } from './drive.ts';
import type { Job } from './load-client.ts';
import { benchLabel, type Running, startCollector } from './processes.ts';
import { settled } from './settled-engine.ts';

const CUSTOMERS = 50_000;
const EVENTS = 1_000_000;
const AT_ONCE = 1_000;
const SENDERS = 8;
const actions = Array.from({ length: 20 }, (_, at) => `action_${at}`);

const definitions = {
  segments: {
    OFTEN: { event: 'action_3', count: { min: 1 }, within: '7d' },
    MIXED: { all: [{ event: 'action_3' }, { not: { event: 'action_4', where: { amount: { $gte: 90 } } } }] },
  },
};

export interface Listing {
  members: number;
  keptSeconds: number;
  newSeconds: number;
  checked: number;
  rateAlone: number;
  /** While the segment of the config is listed, or the new rule asked, every two seconds. */
  rateListing: number;
  rateAsking: number;
}

const eventOf = (n: number) => ({
  eid: `bench-${String(n).padStart(12, '0')}`,
  event_date: Date.now(),
  user_ext_id: `customer-${(n * 7919) % CUSTOMERS}`,
  event_type: 'client_action',
  payload: { client_action: actions[Math.floor(n / CUSTOMERS) % actions.length], amount: n % 100 },
});

const fill = async ({ url }: Running): Promise<void> => {
  let next = 0;
  const send = async (): Promise<void> => {
    for (let from = next; from < EVENTS; from = next) {
      next += AT_ONCE;
      const events = Array.from({ length: AT_ONCE }, (_, at) => eventOf(from + at));
      const answer = await fetch(`${url}/api/external/events/v2`, {
        method: 'POST',
        headers: { authorization: 'bench-secret' },
        body: JSON.stringify(events),
      });
      if (!answer.ok) throw new Error(`the log could not be filled: ${answer.status} ${await answer.text()}`);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
};

const asked = async (url: string, options: RequestInit = {}): Promise<{ [name: string]: unknown }> => {
  const answer = await fetch(url, { ...options, headers: { authorization: `Bearer ${benchLabel.admin}` } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { [name: string]: unknown };
};

/** Every page, as a person or a program would walk them. */
const listed = async (url: string, segment: string): Promise<number> => {
  let after: string | null = null;
  let members = 0;
  do {
    const query: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
    const page = await asked(`${url}/v1/segments/${segment}?limit=1000${query}`);
    members += (page.members as unknown[]).length;
    after = page.next as string | null;
  } while (after !== null);
  return members;
};

const preview = (url: string): Promise<{ [name: string]: unknown }> => {
  const rule = {
    all: [
      { event: 'action_3', where: { amount: { $gte: 50 } } },
      { event: 'action_3', within: '2d' },
    ],
  };
  return asked(`${url}/v1/segments/preview`, { method: 'POST', body: JSON.stringify({ rule, limit: 100 }) });
};

const timed = async <Value>(work: () => Promise<Value>): Promise<[value: Value, seconds: number]> => {
  const from = performance.now();
  const value = await work();
  return [value, (performance.now() - from) / 1000];
};

/** Whoever looks at segments looks again and again: two seconds after the last time, or when that is answered. */
const beside = async (rate: () => Promise<number>, look: () => Promise<unknown>): Promise<number> => {
  let at: 'looking' | 'done' = 'looking';
  const looks = (async () => {
    while (at === 'looking') await Promise.all([look(), pause(2_000)]);
  })();
  const measured = await rate();
  at = 'done';
  await looks;
  return measured;
};

export const measureListing = async (log: (line: string) => void): Promise<Listing> => {
  const server = await startCollector(['self'], [], definitions);
  try {
    await fill(server);
    await settled(server);
    log('a million events are stored and folded');
    const [members, keptSeconds] = await timed(() => listed(server.url, 'OFTEN'));
    const [found, newSeconds] = await timed(() => preview(server.url));
    const job: Job = {
      ...{ host: `127.0.0.1:${server.port}`, ports: [server.port], connections: 32, pace: null, batch: 50 },
      ...{ warmMs: 2_000, measureMs: 5_000 },
      ...{ labelKey: benchLabel.key, brand: benchLabel.brand, salt: benchLabel.salt },
    };
    const rate = async (): Promise<number> => (await drive(job, () => {})).eventsPerSecond;
    const rateAlone = await rate();
    const rateListing = await beside(rate, () => listed(server.url, 'OFTEN'));
    const rateAsking = await beside(rate, () => preview(server.url));
    return { members, keptSeconds, newSeconds, checked: Number(found.checked), rateAlone, rateListing, rateAsking };
  } finally {
    await server.stop();
  }
};
