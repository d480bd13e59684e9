/**
 * A collector's process under sixty thousand hostile requests and messages (properties try as many cases more, without
 * one): it goes on answering, tells its log of no failure and of nobody's words, keeps its memory, and another label is what
 * it was.
 */

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { batch, browserEvent, send, stored } from '../support/batches.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { messages } from '../support/hostile-doors.ts';
import { hostileRequests } from '../support/hostile-requests.ts';
import { CANARY, mutated } from '../support/mutation.ts';
import { casesOf } from '../support/properties.ts';
import { sayAll } from '../support/raw-line.ts';
import { residentMegabytes } from '../support/resident.ts';
import { chanceOf, seeds } from '../support/seeds.ts';
import { allOfTheirs, fillTheirs, mine, SECRET, THEIRS, theirs, twoLabels } from '../support/two-labels.ts';

const CASES = casesOf(60_000);
/** Requests of one connection, and connections at once. */
const ON_A_LINE = 30;
const LINES = 12;
/** Messages of one socket: below what is refused for coming too fast. */
const ON_A_SOCKET = 180;

/** Garbage is collected before it looks like growth: what is kept shows, what is only not yet thrown away does not. */
const SMALL_HEAP = '--max-old-space-size=96 --max-semi-space-size=8';

let collector: RunningCollector;
let before: string;
beforeAll(async () => {
  collector = await startCollector({ config: twoLabels, env: { LOG_LEVEL: 'trace', NODE_OPTIONS: SMALL_HEAP } });
  await fillTheirs(collector);
  before = await allOfTheirs(collector);
}, 60_000);
afterAll(() => collector.stop());

/** What a test says at the end: answers that are failures, and requests without one. */
const failures: string[] = [];
const cutShort: string[] = [];
const statuses = new Map<number, number>();

const overHttp = async (seed: number, cases: number): Promise<void> => {
  const next = hostileRequests(chanceOf(seed), seed, 6_000);
  let left = cases;
  const line = async (): Promise<void> => {
    while (left > 0) {
      const requests = [];
      for (let n = 0; n < ON_A_LINE; n++) {
        const one = next();
        requests.push(one);
        if (one.last) break;
      }
      left -= requests.length;
      const answers = await sayAll(
        collector.port,
        requests.map(({ bytes }) => bytes),
        requests.at(-1)!.last,
      );
      for (const [at, { status, body }] of answers.entries()) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status >= 500 || status < 200 || body.includes(SECRET))
          failures.push(`${status} ${body.slice(0, 200)} to ${requests[at]?.bytes.toString('latin1').slice(0, 600)}`);
      }
      // What is no request ends its connection, and who shares it with others loses their answers.
      const unanswered = requests[answers.length];
      if (unanswered && !requests.at(-1)!.last) cutShort.push(unanswered.bytes.toString('latin1').slice(0, 300));
    }
  };
  await Promise.all(Array.from({ length: LINES }, line));
};

const overSockets = async (seed: number, cases: number): Promise<void> => {
  const said = fc
    .sample(mutated(fc.constantFrom<object>(...messages)), { seed, numRuns: 2_000 })
    .map((one) => JSON.stringify(one));
  const chance = chanceOf(seed);
  const converse = async (): Promise<number> => {
    const socket = new WebSocket(`ws://127.0.0.1:${collector.port}/ws`);
    const heard: string[] = [];
    socket.on('message', (text) => void heard.push(String(text)));
    socket.on('error', () => socket.terminate());
    await new Promise((resolve) => socket.once('open', resolve));
    const over = new Promise((resolve) => socket.once('close', resolve));
    socket.send(JSON.stringify({ cid: 3, label_key: mine.publicKey, device_id: 'device-of-fuzz', uuid: 'init' }));
    for (let n = 0; n < ON_A_SOCKET; n++) {
      const kind = chance.whole(1, 40);
      if (kind === 1) socket.send(Buffer.from(chance.pick(said)));
      else if (kind === 2) socket.send(chance.pick(said).slice(0, chance.whole(0, 40)));
      else socket.send(chance.pick(said));
    }
    socket.send(JSON.stringify({ cid: 1, uuid: 'last' }));
    socket.send('x'.repeat(70_000));
    await over;
    for (const text of heard) {
      const { errCode } = JSON.parse(text) as { errCode?: number };
      if (errCode === 500 || text.includes(SECRET)) failures.push(`socket: ${text.slice(0, 300)}`);
    }
    return heard.length;
  };
  for (let left = cases; left > 0; left -= 4 * ON_A_SOCKET) {
    const heard = await Promise.all(Array.from({ length: 4 }, converse));
    expect(Math.min(...heard)).toBeGreaterThan(0);
  }
};

const attack = async (seed: number, cases: number): Promise<void> => {
  await Promise.all([overHttp(seed, Math.ceil(cases * 0.85)), overSockets(seed, Math.ceil(cases * 0.15))]);
};

test(`${CASES} hostile requests and messages are answered, and none of them by a failure (seeds ${seeds.join(', ')})`, async () => {
  // What a process takes once, for its code, its caches and its pages of the database, is no growth.
  await attack(seeds[0]! + 1_000, CASES / 10);
  const first = await residentMegabytes(collector);
  const began = performance.now();
  for (const seed of seeds) await attack(seed, CASES / seeds.length);
  const seconds = (performance.now() - began) / 1000;
  const grown = (await residentMegabytes(collector)) - first;
  console.log(
    `${CASES} cases, ${Math.round(CASES / seconds)} a second; ${Math.round(first)} MB resident after the first tenth, ${grown.toFixed(1)} MB more at the end; answers by status: ${[
      ...statuses,
    ]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ')}`,
  );
  expect([failures.slice(0, 5), cutShort.slice(0, 5)]).toEqual([[], []]);
  expect(grown).toBeLessThan(64);
}, 3_600_000);

test('an honest page is served as if nothing had been', async () => {
  const one = browserEvent({ payload: { client_action: 'click' } });
  const { body } = await send(collector, batch([one], { label_key: mine.publicKey }));
  expect(body.rejected).toEqual([]);
  expect(await stored(collector, one.eid, mine.adminKey)).toMatchObject({ eid: one.eid });
});

test('the other label is as it was, in the files and as its operator sees it', async () => {
  expect(await allOfTheirs(collector)).toBe(before);
});

test('the log tells of no failure, and it and the metrics repeat nobody’s words', async () => {
  const lines = collector.log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { level: number });
  expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
  const metrics = await (await fetch(`${collector.url}/metrics`)).text();
  const words = (collector.log + metrics).replaceAll(theirs.name, '');
  expect([CANARY, SECRET, THEIRS].filter((word) => words.includes(word))).toEqual([]);
});
