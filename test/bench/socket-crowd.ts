/**
 * A thousand visitors at once: what their open sockets hold of the collector's memory, and how long a push to one of them
 * takes while others are pushed to. The clients live in the bench's process, not in the collector's.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { answers, cids } from '../../src/wire/protocol.ts';
import { clock, sendPopup } from './live-stream.ts';
import { benchLabel, startCollector } from './processes.ts';
import { openHeap } from './settled-memory.ts';

export type Crowd = Record<'idle' | 'connected' | 'latencies' | 'perSecond', number[]>;
export const noCrowd = (): Crowd => ({ idle: [], connected: [], latencies: [], perSecond: [] });

export const VISITORS = 1_000;
export const PUSHES_PER_SECOND = 200;
const HANDSHAKES_AT_ONCE = 50;

export interface Visitor {
  user: string;
  /** Called with the title of every popup that is pushed. */
  heard: (title: string) => void;
  socket: WebSocket;
}

export const connectVisitor = async (url: string, user: string): Promise<Visitor> => {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`);
  const visitor: Visitor = { user, socket, heard: () => {} };
  const answered = new Map<number, (message: { errCode: number }) => void>();
  socket.on('message', (text) => {
    const message = JSON.parse(String(text));
    answered.get(message.cid)?.(message);
    if (message.cid === cids.engagementPush && message.popup) visitor.heard(message.popup.title);
  });
  const ask = (cid: number, answer: number, fields: object) =>
    new Promise<void>((resolve, reject) => {
      answered.set(answer, ({ errCode, ...told }) =>
        errCode === 0 ? resolve() : reject(new Error(`${cid} was refused: ${JSON.stringify({ errCode, ...told })}`)),
      );
      socket.send(JSON.stringify({ cid, uuid: randomUUID(), ts: Date.now(), ...fields }));
    });
  await once(socket, 'open');
  const label = { label_key: benchLabel.key, brand_key: benchLabel.brand };
  await ask(cids.init, answers[cids.init], { ...label, device_id: randomUUID() });
  await ask(cids.identify, answers[cids.identify], { ext_user_id: user });
  return visitor;
};

const connectAll = async (url: string): Promise<Visitor[]> => {
  const visitors: Visitor[] = [];
  while (visitors.length < VISITORS) {
    const names = Array.from({ length: HANDSHAKES_AT_ONCE }, (_, n) => `crowd-${visitors.length + n}`);
    visitors.push(...(await Promise.all(names.map((name) => connectVisitor(url, name)))));
  }
  return visitors;
};

/** One popup to each, by the clock and not by the answers: milliseconds from the time when each was due until it was heard. */
const pushToAll = async (url: string, visitors: Visitor[]): Promise<{ latencies: number[]; perSecond: number }> => {
  const from = clock();
  const pushed = visitors.map(
    (visitor, n) =>
      new Promise<number>((resolve, reject) => {
        const due = from + (n * 1000) / PUSHES_PER_SECOND;
        visitor.heard = () => resolve(clock() - due);
        setTimeout(() => sendPopup(url, visitor.user, 'Welcome').catch(reject), due - clock());
      }),
  );
  const latencies = await Promise.all(pushed);
  return { latencies, perSecond: (visitors.length / (clock() - from)) * 1000 };
};

export const measureCrowd = async (crowd: Crowd): Promise<void> => {
  const heap = await openHeap();
  const collector = await startCollector(['self'], heap.flags);
  let visitors: Visitor[] = [];
  try {
    crowd.idle.push(await heap.settledMegabytes(collector.pid));
    visitors = await connectAll(collector.url);
    crowd.connected.push(await heap.settledMegabytes(collector.pid));
    const { latencies, perSecond } = await pushToAll(collector.url, visitors);
    crowd.latencies.push(...latencies);
    crowd.perSecond.push(perSecond);
  } finally {
    for (const { socket } of visitors) socket.terminate();
    await collector.stop();
  }
};
