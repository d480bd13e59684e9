/**
 * The line between two programs, below anything that either says: slow, narrow, lossy or dead. Carries bytes and counts
 * them; knows no request. What TCP mends, it is thought to mend: bytes come late and in order, never changed.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type Chance, chanceOf } from './seeds.ts';

export type Line =
  | 'healthy'
  /** Nobody hears anything, and nobody is told: neither on what is open nor on what is opened. */
  | 'silent'
  | {
      /** Milliseconds that everything takes, each way. */
      delay?: number;
      /** Each way, all connections together. */
      bytesPerSecond?: number;
      /** The share of segments that have to be sent again; everything behind one waits for it. */
      loss?: number;
    };

export interface FaultyLine {
  readonly url: string;
  /** Bytes that were carried so far. */
  readonly carried: { up: number; down: number };
  /** From now on. A line that was silent ends what it had let hang. */
  set(line: Line): void;
  /** Everything that is open ends now. */
  cut(): void;
  close(): Promise<void>;
}

const SEGMENT = 1_400;
/** The shortest time after which TCP takes a segment for lost. */
const RESEND = 200;

type Way = 'up' | 'down';

/** Resolves at this moment of this process's clock; at once if it is over. */
const reached = (moment: number): Promise<void> | undefined => {
  const wait = moment - performance.now();
  return wait > 1 ? new Promise((resolve) => setTimeout(resolve, wait)) : undefined;
};

/** @param seed decides which segments a lossy line loses */
export const startFaultyLine = async (port: number, seed = 1): Promise<FaultyLine> => {
  const chance: Chance = chanceOf(seed);
  const open = new Set<Socket>();
  const carried = { up: 0, down: 0 };
  /** When each way has carried what was put on it. */
  const free = { up: 0, down: 0 };
  let line: Line = 'healthy';

  /** When a segment that is put on the line now comes out of it. */
  const arrival = (way: Way, bytes: number): number => {
    const now = performance.now();
    if (typeof line === 'string') return now;
    const { delay = 0, bytesPerSecond = Number.POSITIVE_INFINITY, loss = 0 } = line;
    free[way] = Math.max(now, free[way]) + (bytes / bytesPerSecond) * 1_000;
    const again = chance.share() < loss ? Math.max(RESEND, 2 * delay) : 0;
    return free[way] + delay + again;
  };
  const carry = (from: Socket, to: Socket, way: Way): void => {
    let last: Promise<unknown> = Promise.resolve();
    let due = 0;
    from.on('data', (chunk: Buffer) => {
      if (line === 'silent') return;
      for (let start = 0; start < chunk.length; start += SEGMENT) {
        const segment = chunk.subarray(start, start + SEGMENT);
        carried[way] += segment.length;
        due = Math.max(due, arrival(way, segment.length));
        const at = due;
        last = last.then(() => reached(at)).then(() => to.writable && to.write(segment));
      }
    });
    from.once('end', () => line !== 'silent' && last.then(() => to.end()));
    from.once('error', () => to.resetAndDestroy()); // the other side loses its connection just so
  };
  const cut = (): void => {
    for (const socket of open) socket.resetAndDestroy();
    open.clear();
  };

  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.setNoDelay().once('close', () => open.delete(one));
      carry(one, other, one === near ? 'up' : 'down');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    carried,
    set(next) {
      if (line === 'silent' && next !== 'silent') cut();
      line = next;
      free.up = free.down = 0;
    },
    cut,
    async close() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
};
