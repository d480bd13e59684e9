import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scriptedChannel } from '../../support/scripted-mouth.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

const opened = async () => {
  const channel = scriptedChannel();
  channel.open();
  await channel.opens();
  return channel;
};

describe('a question', () => {
  test('waits until the greeting is over, and then carries its class, its fields, an id and the time', async () => {
    const { open, ask, opens, last } = scriptedChannel();
    open();
    void ask(527, { a: 1 });
    await pass(0);
    expect(last().said).toEqual([]);
    await opens();
    expect(last().said).toEqual([{ cid: 527, a: 1, uuid: 'uuid-1', ts: Date.now() }]);
  });

  test('is answered by its id, whatever else comes meanwhile, in whatever order', async () => {
    const { ask, last } = await opened();
    const [one, two] = [ask(527), ask(513)];
    await pass(0);
    const [first, second] = last().said;
    last().hear({ cid: 514, uuid: second?.uuid, errCode: 0, log: [] });
    last().hear({ cid: 108, props: {} });
    last().hear({ cid: 528, uuid: first?.uuid, errCode: 0, points_balance: 5 });
    expect(await one).toMatchObject({ points_balance: 5 });
    expect(await two).toMatchObject({ log: [] });
  });

  test('that is refused fails with the collector’s number and words', async () => {
    const { ask, answers } = await opened();
    const refused = expect(ask(529)).rejects.toMatchObject({
      code: 'identify_refused',
      errCode: 404,
      message: 'not_found: no such message',
    });
    await pass(0);
    await answers({ errCode: 404, errMsg: 'not_found: no such message' });
    await refused;
  });

  test('that nobody answers within 10 s fails', async () => {
    const { ask } = await opened();
    const refused = expect(ask(527)).rejects.toMatchObject({
      code: 'channel_timeout',
      message: 'channel_timeout: 527',
    });
    await pass(10_000);
    await refused;
  });

  test('before any line is open fails after 10 s as well', async () => {
    const refused = expect(scriptedChannel().ask(527)).rejects.toMatchObject({ code: 'channel_timeout' });
    await pass(10_000);
    await refused;
  });

  test('asked while the line is broken is put as soon as another is there, hurried or not', async () => {
    const { ask, last, opens, hurry } = await opened();
    last().gone();
    const answer = ask(527);
    hurry();
    await opens();
    last().hear({ cid: 528, errCode: 0, uuid: last().said[0]?.uuid, points_balance: 5 });
    expect(await answer).toMatchObject({ points_balance: 5 });
  });

  test('asked before the line was closed is not put to whoever is greeted next', async () => {
    const { ask, last, opens, close, open } = await opened();
    last().gone();
    const lost = expect(ask(535, { all_deleted: true })).rejects.toMatchObject({ code: 'channel_timeout' });
    close();
    open();
    await opens();
    expect(last().said).toEqual([]);
    await pass(10_000);
    await lost;
  });
});

describe('what is pushed', () => {
  test('is handed on as it came', async () => {
    const { last, pushes } = await opened();
    last().hear({ cid: 108, props: { a: 1 } });
    expect(pushes).toEqual([{ cid: 108, props: { a: 1 } }]);
  });

  test.each([
    null,
    undefined,
    5,
    'text',
    [],
    [{ cid: 108 }],
    {},
    { cid: '108' },
    { cid: -1 },
    { cid: 1.5 },
    { cid: 108, uuid: 5 },
    { cid: 108, uuid: 'x'.repeat(65) },
    { cid: 108, ts: 'now' },
  ])('%j is not of this protocol: it concerns nobody, and the line goes on', async (value) => {
    const { last, pushes, ask, answers } = await opened();
    last().hear(value);
    expect(pushes).toEqual([]);
    const answer = ask(527);
    await pass(0);
    await answers({ points_balance: 5 });
    expect(await answer).toMatchObject({ points_balance: 5 });
  });

  test('an answer that nobody waits for any more is not taken for another’s', async () => {
    const { ask, last } = await opened();
    const late = expect(ask(527)).rejects.toMatchObject({ code: 'channel_timeout' });
    await pass(10_000);
    await late;
    const next = ask(527);
    await pass(0);
    const [first, second] = last().said;
    last().hear({ cid: 528, errCode: 0, uuid: first?.uuid, points_balance: 1 });
    last().hear({ cid: 528, errCode: 0, uuid: second?.uuid, points_balance: 2 });
    expect(await next).toMatchObject({ points_balance: 2 });
  });

  test('a huge message is one like any other', async () => {
    const { last, pushes } = await opened();
    const text = 'x'.repeat(5_000_000);
    last().hear({ cid: 108, props: { text } });
    expect(pushes).toEqual([{ cid: 108, props: { text } }]);
  });
});
