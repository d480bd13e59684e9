/** Who listens to a segment is told once how it is, and then whenever it changes. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCallbacks } from '../../../src/sdk/callbacks.ts';
import { smarticoError } from '../../../src/sdk/notice.ts';
import { createSegmentEars } from '../../../src/sdk/questions/segment-ears.ts';
import type { SegmentMatch } from '../../../src/wire/protocol.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const open = () => {
  const told: string[] = [];
  const tell = (code: string, about: string) => void told.push(`${code}: ${about}`);
  const callbacks = createCallbacks(tell);
  const asked: {
    names: string[];
    answer(...matching: string[]): Promise<void>;
    refuse(cause: unknown): Promise<void>;
  }[] = [];
  const ears = createSegmentEars({
    callbacks,
    tell,
    match: (given) =>
      new Promise<SegmentMatch[]>((resolve, reject) => {
        const names = [given].flat().map(String);
        asked.push({
          names,
          async answer(...matching) {
            resolve(names.map((segment_id) => ({ segment_id, is_matching: matching.includes(segment_id) })));
            await vi.runAllTimersAsync();
          },
          async refuse(cause) {
            reject(cause);
            await vi.runAllTimersAsync();
          },
        });
      }),
  });
  const heard: string[] = [];
  const listen = (name: string, as = name) => {
    const off = callbacks.on(`segment:${name}`, (matches: boolean) => heard.push(`${as} ${matches}`));
    return vi.runAllTimersAsync().then(() => off);
  };
  /** The last question. */
  const last = () => asked[asked.length - 1]!;
  return { ears, callbacks, asked, last, heard, listen, told };
};

test('nobody listens: nothing is asked', async () => {
  const { ears, asked } = open();
  await ears.look();
  expect(asked).toEqual([]);
});

test('who listens is told how it is, and afterwards only what became different', async () => {
  const { ears, heard, listen, last } = open();
  await listen('VIP');
  await listen('NEW');
  expect(last().names).toEqual(['VIP', 'NEW']);
  await last().answer('VIP');
  expect(heard).toEqual(['VIP true', 'NEW false']);
  void ears.look();
  await last().answer('VIP');
  expect(heard).toHaveLength(2);
  void ears.look();
  await last().answer('NEW');
  expect(heard.slice(2)).toEqual(['VIP false', 'NEW true']);
});

test('who comes late is told once, and who left hears nothing', async () => {
  const { ears, heard, listen, last } = open();
  const off = await listen('VIP', 'first');
  await last().answer('VIP');
  await listen('VIP', 'second');
  await last().answer('VIP');
  expect(heard).toEqual(['first true', 'second true']);
  off();
  void ears.look();
  await last().answer();
  expect(heard.slice(2)).toEqual(['second false']);
});

test('what changed while nobody listened is not told as it was', async () => {
  const { ears, heard, listen, last, asked } = open();
  const off = await listen('VIP');
  await last().answer('VIP');
  off();
  const before = asked.length;
  void ears.look();
  expect(asked).toHaveLength(before);
  await listen('VIP', 'again');
  await last().answer();
  expect(heard).toEqual(['VIP true', 'again false']);
});

test('an answer that a later question overtook is not told', async () => {
  const { ears, heard, listen, asked } = open();
  await listen('VIP');
  void ears.look();
  const [old] = asked;
  await asked[asked.length - 1]!.answer('VIP');
  await old!.answer();
  expect(heard).toEqual(['VIP true']);
});

test('another customer: whoever was in is told that they are out, and then how it is with the next', async () => {
  const { ears, heard, listen, last, callbacks } = open();
  await listen('VIP');
  await listen('NEW');
  const asking = last();
  await asking.answer('VIP');
  ears.forget();
  await vi.runAllTimersAsync();
  expect(heard.slice(2)).toEqual(['VIP false']);
  const late: boolean[] = [];
  callbacks.on('segment:VIP', (matches: boolean) => late.push(matches));
  await vi.runAllTimersAsync();
  expect(late).toEqual([]);
  await last().answer('VIP', 'NEW');
  expect([heard.slice(3), late]).toEqual([['VIP true', 'NEW true'], [true]]);
});

test('an answer about a customer who is gone is nobody’s', async () => {
  const { ears, heard, listen, last } = open();
  await listen('VIP');
  ears.forget();
  await last().answer('VIP');
  expect(heard).toEqual([]);
});

test('a question that failed is told, unless nobody is known, and the next look asks again', async () => {
  const { ears, heard, listen, last, told } = open();
  await listen('VIP');
  await last().refuse(smarticoError('not_identified', 'after 10 s'));
  expect(told).toEqual([]);
  void ears.look();
  await last().refuse(smarticoError('channel_timeout', '161'));
  expect(told).toEqual(['channel_timeout: segments']);
  void ears.look();
  await last().answer('VIP');
  expect(heard).toEqual(['VIP true']);
});
