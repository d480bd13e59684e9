/**
 * What a Node process really holds: its resident memory once it has been told to collect its garbage and nothing more goes
 * back. Speaks with it through its inspector, so that what is measured is the built program as it is.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { residentMegabytes } from './machine.ts';
import { unusedPort } from './page-server.ts';

export interface Heap {
  /** For the process that is to be looked into. */
  flags: string[];
  settledMegabytes(pid: number): Promise<number>;
}

const SETTLED_MB = 0.5;
const MOST_LOOKS = 20;
const LOOK_EVERY_MS = 300;

const collectGarbage = async (inspector: string): Promise<void> => {
  const [target] = (await (await fetch(`${inspector}/json/list`)).json()) as { webSocketDebuggerUrl: string }[];
  if (!target) throw new Error('the process has no inspector');
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await once(socket, 'open');
  socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
  await once(socket, 'message');
  socket.close();
  await once(socket, 'close');
};

export const openHeap = async (): Promise<Heap> => {
  const port = await unusedPort();
  return {
    flags: [`--inspect=127.0.0.1:${port}`],
    async settledMegabytes(pid) {
      let held = Number.POSITIVE_INFINITY;
      for (let look = 0; look < MOST_LOOKS; look++) {
        await collectGarbage(`http://127.0.0.1:${port}`);
        await pause(LOOK_EVERY_MS);
        const before = held;
        held = residentMegabytes(pid);
        if (Math.abs(before - held) < SETTLED_MB) break;
      }
      return held;
    },
  };
};
