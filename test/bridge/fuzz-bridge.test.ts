/** The bridge under whatever a port or a window may bring: a message or none, one answer a call, and nobody in who is not listed. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { isHello } from '../../src/bridge/handshake.ts';
import { CREDIT, earText, LONGEST, readGuest, readHost } from '../../src/bridge/messages.ts';
import { hostileJson, mutated, names } from '../support/mutation.ts';
import { holds } from '../support/properties.ts';
import { fakeWindow, HELLO, hostPage, PLATFORM } from './fake-windows.ts';
import { guestLine } from './guest-line.ts';
import { hostLine } from './host-line.ts';
import { delivered } from './turns.ts';

beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterAll(() => void vi.useRealTimers());

const call = { type: 'call', id: 1, method: 'event', args: ['x', { a: [1] }, earText(1)], asks: true };
const fromGuest = mutated(fc.constantFrom(call, { type: 'nonce', nonce: 'n' }, { type: 'alive' }, { type: 'bye' }));
const fromHost = mutated(
  fc.constantFrom<object>(
    { type: 'taken', id: 1 },
    { type: 'answer', id: 1, value: { a: 1 } },
    { type: 'refusal', id: 1, code: 'bad_argument', message: 'm' },
    { type: 'heard', ear: 1, args: [1] },
    { type: 'released', ear: 1 },
    { type: 'news', news: {} },
    { type: 'ping' },
  ),
);
const broken = fc
  .tuple(fc.oneof(fromGuest, fromHost), fc.nat(60), fc.string({ maxLength: 4 }))
  .map(([value, at, text]) => JSON.stringify(value).slice(0, at) + text);
const textOf = (values: fc.Arbitrary<unknown>) =>
  fc.oneof(
    values.map((value) => JSON.stringify(value)),
    broken,
  );

const guestTypes = ['call', 'nonce', 'alive', 'bye'];
const hostTypes = ['taken', 'answer', 'refusal', 'heard', 'released', 'news', 'ping'];

holds('a text is a message of its side, or none', 12_000, fc.oneof(textOf(fromGuest), textOf(fromHost)), (text) => {
  for (const [read, types] of [
    [readGuest, guestTypes],
    [readHost, hostTypes],
  ] as const) {
    const message = read(text);
    if (message === undefined) continue;
    expect(types).toContain(message.type);
    expect(read(JSON.stringify(message))).toEqual(message);
  }
  expect(readGuest(text + ' '.repeat(LONGEST))).toBeUndefined();
});

const argument = fc.oneof(hostileJson, fc.constantFrom(earText(1), earText(2), '\0ear -1', '\0ear x', '\0ear 1e99'));
const calls = fc.array(
  fc.record({
    method: fc.constantFrom('action', 'event', 'on', ...names),
    args: fc.array(argument, { maxLength: 4 }),
    asks: fc.boolean(),
  }),
  { maxLength: 8 },
);

holds(
  'only what is on the list runs, with what it takes, and every question has one answer',
  3_000,
  calls,
  async (all) => {
    const host = hostLine();
    host.method('action', ['text', 'object?']);
    host.method('event', ['text', 'anything?', 'flag?']);
    host.method('on', ['text', 'function'], (_, heard) => (heard as (word: string) => void)('once'));
    const asked = all.map(({ method, args, asks }) => ({ id: host.calls(method, args, asks), asks }));
    await delivered();
    for (const [name, first, second, third] of host.ran) {
      expect(['action', 'event', 'on']).toContain(name);
      expect(['string', 'number']).toContain(typeof first);
      if (name === 'action' && second !== undefined)
        expect(Object.prototype.toString.call(second)).toBe('[object Object]');
      if (name === 'event') expect(['undefined', 'boolean']).toContain(typeof third);
      if (name === 'on') expect(typeof second).toBe('function');
    }
    for (const { id, asks } of asked) {
      const answers = host.answers().filter((one) => 'id' in one && one.id === id).length;
      if (asks) expect(answers).toBe(1);
      else expect(answers).toBeLessThan(2);
    }
    host.close();
  },
);

holds(
  'a guest that hears anything at all keeps what it was not told is taken',
  1_500,
  fc.array(textOf(fromHost), { maxLength: 6 }),
  async (said) => {
    const guest = guestLine();
    await guest.meets();
    const mine = guest.call('event', ['x', () => undefined], 'delivery');
    let state: 'waits' | 'done' | 'refused' = 'waits';
    void mine.then(
      () => {
        state = 'done';
      },
      () => {
        state = 'refused';
      },
    );
    for (const text of said) await guest.saysText(text);
    const told = said.flatMap((text) => readHost(text) ?? []);
    const isOver = told.some(
      ({ type, ...rest }) => ['taken', 'answer', 'refusal'].includes(type) && 'id' in rest && (rest.id as number) >= 1,
    );
    if (!isOver) expect(state).toBe('waits');
    expect(guest.heard.length).toBeLessThan(CREDIT);
  },
);

const origins = [PLATFORM, 'null', '', 'https://evil.example', `${PLATFORM}.evil.example`, `${PLATFORM}:8443`] as const;

holds(
  'nothing but a hello of a listed frame is answered',
  2_500,
  fc.record({
    data: fc.oneof(
      fc.constantFrom<unknown>(HELLO, `${HELLO} `, ` ${HELLO}`, HELLO.toUpperCase(), [HELLO]),
      hostileJson,
    ),
    origin: fc.constantFrom(...origins),
    whose: fc.constantFrom('frame', 'nested', 'stranger', 'nobody'),
  }),
  async ({ data, origin, whose }) => {
    const page = hostPage();
    const frame = fakeWindow(page.root);
    const sources = { frame, nested: fakeWindow(frame), stranger: fakeWindow(), nobody: null };
    const source = sources[whose as keyof typeof sources];
    await page.hears({ data, source, origin, ports: [] });
    const answered = source?.posted ?? [];
    const mayCome = isHello(data, '_smartico') && origin === PLATFORM && (whose === 'frame' || whose === 'nested');
    expect(answered.length).toBe(mayCome ? 1 : 0);
    for (const { target, ports } of answered) {
      expect([target, ports.length]).toEqual([PLATFORM, 1]);
      for (const port of ports) port.close();
    }
    expect(page.serving).toEqual([]);
  },
);
