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

  test('because the collector did not want it comes back with the visitor, not by itself', async () => {
    const { mouths, last, hurry } = await opened();
    last().gone(true);
    await pass(60_000);
    expect(mouths).toHaveLength(1);
    hurry();
    expect(mouths).toHaveLength(2);
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
