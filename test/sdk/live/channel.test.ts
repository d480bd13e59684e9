import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scriptedChannel } from '../../support/scripted-mouth.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});
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

describe('a line that broke', () => {
  test.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [4, 4_000],
    [5, 8_000],
    [6, 15_000],
    [9, 15_000],
  ])(
    'is opened again after a wait that doubles up to 30 s: after %i failures in a row, by an even chance %i ms',
    async (failures, wait) => {
      const { open, mouths, last, hurry } = scriptedChannel();
      open();
      for (let times = 1; times < failures; times++) {
        last().gone();
        hurry();
      }
      last().gone();
      await pass(wait - 1);
      expect(mouths.length).toBe(failures);
      await pass(1);
      expect(mouths.length).toBe(failures + 1);
    },
  );

  test('is opened again when chance says so: ten thousand pages do not come back together', async () => {
    vi.mocked(Math.random).mockReturnValue(0.1);
    const { mouths, last } = await opened();
    last().gone();
    await pass(100);
    expect(mouths.length).toBe(2);
  });

  test('that went well in between waits as little as the first time', async () => {
    const { mouths, last, opens } = await opened();
    for (let times = 0; times < 5; times++) {
      last().gone();
      await pass(500);
      await opens();
    }
    expect(mouths.length).toBe(6);
  });

  test('is not waited for when the network or the page is back', async () => {
    const { mouths, last, hurry } = await opened();
    last().gone();
    hurry();
    hurry();
    expect(mouths.length).toBe(2);
    await pass(60_000);
    expect(mouths.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(1);
  });

  test('whose handshake nobody answers is given up after 10 s', async () => {
    const { open, mouths } = scriptedChannel();
    open();
    await pass(10_000);
    expect(mouths[0]?.closed).toBe(true);
    await pass(500);
    expect(mouths.length).toBe(2);
  });
});

describe('silence', () => {
  test('after 29 s we ask whether anybody is there; an answer is enough', async () => {
    const { last, mouths } = await opened();
    await pass(28_999);
    expect(last().said).toEqual([]);
    await pass(1);
    expect(last().said).toMatchObject([{ cid: 1 }]);
    last().hear({ cid: 2, uuid: last().said[0]?.uuid, errCode: 0 });
    await pass(29_000);
    expect([last().said.length, mouths.length]).toEqual([2, 1]);
  });

  test('is broken by whatever is heard', async () => {
    const { last } = await opened();
    await pass(20_000);
    last().hear({ cid: 108, props: {} });
    await pass(20_000);
    expect(last().said).toEqual([]);
  });

  test('without an answer within 10 s more is the end of the line, and the next one is opened', async () => {
    const { mouths } = await opened();
    await pass(39_000);
    expect(mouths[0]?.closed).toBe(true);
    await pass(500);
    expect(mouths.length).toBe(2);
  });

  test('of a line that is gone already does not end the one that took its place', async () => {
    const { mouths, last, opens } = await opened();
    await pass(29_000);
    last().gone();
    await pass(500);
    await opens();
    await pass(10_000);
    expect([mouths.length, last().closed]).toEqual([2, false]);
  });

  test('of ours is asked about by the collector: it gets its own words back', async () => {
    const { last, pushes } = await opened();
    last().hear({ cid: 1, uuid: 'ping-1', ts: 5 });
    expect([last().said, pushes]).toEqual([[{ cid: 2, uuid: 'ping-1', ts: 5 }], []]);
  });
});

describe('without a socket', () => {
  test('three that fail before any has opened are enough: HTTP takes over', async () => {
    const { open, mouths, last, hurry } = scriptedChannel();
    open();
    for (let times = 0; times < 4; times++) {
      last().gone();
      hurry();
    }
    expect(mouths.map(({ kind }) => kind)).toEqual(['socket', 'socket', 'socket', 'http', 'http']);
  });

  test('once one has opened, a socket is always tried again', async () => {
    const { mouths, last, hurry } = await opened();
    for (let times = 0; times < 6; times++) {
      last().gone();
      hurry();
    }
    expect(new Set(mouths.map(({ kind }) => kind))).toEqual(new Set(['socket']));
  });

  test('a browser that has none speaks over HTTP at once', () => {
    const { open, last } = scriptedChannel({ openSocket: undefined });
    open();
    expect(last().kind).toBe('http');
  });

  test('each look greets again, and what is asked in between is put at once', async () => {
    const { open, opens, greeted, ask, last } = scriptedChannel({ openSocket: undefined });
    open();
    await opens();
    await opens();
    void ask(527);
    await pass(0);
    expect([greeted.length, last().said.length]).toEqual([2, 1]);
  });
});

describe('closed', () => {
  test('by a refusal, a line stays closed until it is opened anew', async () => {
    const { greets, open, opens, mouths, hurry } = scriptedChannel();
    greets('refused');
    open();
    await opens();
    hurry();
    await pass(120_000);
    expect([mouths.length, mouths[0]?.closed]).toEqual([1, true]);
    open();
    expect(mouths.length).toBe(2);
  });

  test('for a page that is put away, it opens when the page is back', async () => {
    const { close, open, mouths, opens, ask, last } = await opened();
    close();
    await pass(120_000);
    expect([mouths.length, mouths[0]?.closed]).toEqual([1, true]);
    open();
    await opens();
    void ask(527);
    await pass(0);
    expect(last().said).toHaveLength(1);
  });

  test('it hears no late answer, push or end of its former self', async () => {
    const { close, open, last, mouths, pushes, opens, ask } = await opened();
    const lost = expect(ask(527)).rejects.toMatchObject({ code: 'channel_timeout' });
    await pass(0);
    const former = last();
    close();
    open();
    await opens();
    former.hear({ cid: 528, errCode: 0, uuid: former.said[0]?.uuid });
    former.hear({ cid: 108, props: { of: 'the first' } });
    former.open();
    former.gone();
    await pass(10_000);
    await lost;
    expect([pushes, mouths.length]).toEqual([[], 2]);
  });

  test('while it greets, the greeting’s outcome is nobody’s', async () => {
    let over: (outcome: 'refused') => void = () => {};
    const { open, last, close, mouths } = scriptedChannel({
      greet: () =>
        new Promise((resolve) => {
          over = resolve;
        }),
    });
    open();
    last().open();
    close();
    open();
    over('refused');
    await pass(0);
    expect([mouths.length, last().closed]).toEqual([2, false]);
  });

  test('twice is once, and opening an open line does nothing', async () => {
    const { open, close, mouths } = await opened();
    open();
    close();
    close();
    expect(mouths.length).toBe(1);
  });
});
