/** Both sides of calls, over a real port: what a frame and a page have of each other. */
import { expect, onTestFinished, test } from 'vitest';
import { createCaller } from '../../src/bridge/calling.ts';
import { messagePort } from '../../src/bridge/message-port.ts';
import { readGuest } from '../../src/bridge/messages.ts';
import { type Method, serveCalls } from '../../src/bridge/serving.ts';
import { until } from '../support/until.ts';
import { written } from './guest-line.ts';

const connected = (methods: { [name: string]: Method }) => {
  const { port1, port2 } = new MessageChannel();
  const [hosts, guests] = [messagePort(port1), messagePort(port2)];
  const serving = serveCalls({
    methods: new Map(Object.entries(methods)),
    send: hosts.send,
    stringify: JSON.stringify,
    now: () => performance.now(),
    around: (run) => run(),
    flooded: (calls) => {
      throw new Error(`cut off for ${calls.length} calls`);
    },
  });
  hosts.listen((text) => {
    const message = readGuest(text);
    if (!message) throw new Error(`no word of a guest's: ${text}`);
    serving.heard(message);
  });
  const caller = createCaller({
    stringify: written,
    failed: (code, about) => Object.assign(new Error(about), { code }),
    news: () => {},
    threw: (cause) => {
      throw cause;
    },
  });
  caller.connect(guests);
  onTestFinished(() => {
    serving.close();
    hosts.close();
    guests.close();
  });
  return caller;
};

test('ten thousand calls of one task are done once, in order, and none is cut off', async () => {
  const done: number[] = [];
  const { call } = connected({ take: { takes: ['text'], run: (number: number) => done.push(number) } });
  const numbers = Array.from({ length: 10_000 }, (_, index) => index);
  await Promise.all(numbers.map((number) => call('take', [number], 'delivery')));
  expect(done).toEqual(numbers);
});

test('a question comes back with its answer, or with the reason why not', async () => {
  const { call } = connected({
    add: { takes: ['text', 'text'], run: async (one: number, other: number) => one + other },
  });
  expect(await call('add', [1, 2], 'question')).toBe(3);
  await expect(call('add', [1], 'question')).rejects.toMatchObject({ code: 'bad_argument' });
  await expect(call('constructor', [], 'question')).rejects.toMatchObject({ code: 'unknown_method' });
});

test('a function of the guest’s hears what the host says, until the host lets go of it', async () => {
  const listeners = new Set<(text: string) => void>();
  const { call } = connected({
    on: { takes: ['function'], run: (listener: (text: string) => void) => void listeners.add(listener) },
    off: { takes: ['function'], run: (listener: (text: string) => void) => void listeners.delete(listener) },
    say: { takes: ['text'], run: (text: string) => listeners.forEach((listener) => void listener(text)) },
  });
  const heard: string[] = [];
  const ear = (text: unknown) => heard.push(`${text}`);
  void call('on', [ear], 'order');
  void call('say', ['one'], 'order');
  void call('off', [ear], 'order');
  await call('say', ['two'], 'order');
  await until(() => heard.length);
  expect(heard).toEqual(['one']);
});
