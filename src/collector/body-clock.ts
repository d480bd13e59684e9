/**
 * How long bodies may take and how much all of them may hold. One sweep over the open ones, not a timer each:
 * 2,000 stalled sockets must cost nothing.
 */
import type { IncomingMessage } from 'node:http';
import { Refusal, retryAfter } from './refusal.ts';

export interface BodyTimes {
  /** Longest silence. */
  silence: number;
  /** Longest in all. */
  whole: number;
  /** Slowest mean, in bytes a second, once `silence` has passed. */
  slowest: number;
  sweepEvery: number;
}
export const bodyTimes: BodyTimes = { silence: 10_000, whole: 60_000, slowest: 1_000, sweepEvery: 500 };

const MOST_HELD_BYTES = 256 * 1024 * 1024;
/** Of a body that was refused already. */
const MOST_DISCARDED_BYTES = 8 * 1024 * 1024;

export interface Watch {
  /** Tells what came; a refusal if it is more than all bodies together may hold. */
  arrived(bytes: number): Refusal | undefined;
  end(): void;
}
export interface BodyClock {
  open(late: (refusal: Refusal) => void): Watch;
  /** Reads the rest of a refused body and throws it away; ends the connection if that takes too long. */
  discard(request: IncomingMessage): void;
  close(): void;
}

interface Open {
  began: number;
  lastByte: number;
  bytes: number;
  late: (refusal: Refusal) => void;
}

export const createBodyClock = (now: () => number, random: () => number, times: BodyTimes = bodyTimes): BodyClock => {
  const open = new Set<Open>();
  let held = 0;

  const lateness = ({ began, lastByte, bytes }: Open, at: number): string | undefined => {
    if (at - lastByte > times.silence) return `no byte of the body came for ${times.silence / 1000} s`;
    if (at - began > times.whole) return `the body took longer than ${times.whole / 1000} s`;
    if (at - began > times.silence && bytes / ((at - began) / 1000) < times.slowest)
      return `the body came slower than ${times.slowest} bytes a second`;
    return undefined;
  };
  const sweep = setInterval(() => {
    const at = now();
    for (const one of open) {
      const why = lateness(one, at);
      if (why) one.late(new Refusal('body_timeout', why, { connection: 'close' }));
    }
  }, times.sweepEvery);
  sweep.unref();

  const start = (late: Open['late']): Open => {
    const one = { began: now(), lastByte: now(), bytes: 0, late };
    open.add(one);
    return one;
  };

  return {
    open(late) {
      const one = start(late);
      return {
        arrived(bytes) {
          one.lastByte = now();
          one.bytes += bytes;
          held += bytes;
          if (held > MOST_HELD_BYTES)
            return new Refusal('overloaded', 'too many bodies are being read at once', retryAfter(2, random));
          return undefined;
        },
        end() {
          if (open.delete(one)) held -= one.bytes;
        },
      };
    },
    discard(request) {
      const one = start(() => request.destroy());
      request.on('data', (chunk: Buffer) => {
        one.lastByte = now();
        one.bytes += chunk.length;
        if (one.bytes > MOST_DISCARDED_BYTES) request.destroy();
      });
      request.once('close', () => open.delete(one));
      request.resume();
    },
    close: () => clearInterval(sweep),
  };
};
