/** A client of the published protocol on a real socket: says messages, waits for what it is told. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Answer, Message } from '../../src/wire/protocol.ts';
import { until } from './until.ts';

export interface SocketClient {
  /** Says a message under an id and a time of its own; resolves with its answer. */
  ask(message: Message): Promise<Answer>;
  /** Says whatever it is given; expects nothing. */
  say(raw: unknown): void;
  /** Everything that was told, in order. */
  readonly told: Answer[];
  /** The first thing told, since the last call for that number, under a number. */
  next(cid: number): Promise<Answer>;
  /** Resolves when the other side ends it. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly socket: WebSocket;
  close(): Promise<void>;
}

const open: SocketClient[] = [];

/** Ends every client that a test left open. */
export const closeClients = async (): Promise<void> => {
  await Promise.all(open.splice(0).map((client) => client.close()));
};

export const connectClient = async (
  collector: { url: string },
  headers: Record<string, string> = {},
): Promise<SocketClient> => {
  const socket = new WebSocket(`${collector.url.replace(/^http/, 'ws')}/ws`, { headers });
  const told: Answer[] = [];
  const taken = new Set<Answer>();
  socket.on('message', (text) => told.push(JSON.parse(String(text)) as Answer));
  const closed = once(socket, 'close').then(([code, reason]) => ({ code: code as number, reason: String(reason) }));
  await once(socket, 'open');
  const take = (isMeant: (answer: Answer) => boolean): Answer | undefined => {
    const found = told.find((answer) => !taken.has(answer) && isMeant(answer));
    if (found) taken.add(found);
    return found;
  };
  const waitFor = async (isMeant: (answer: Answer) => boolean): Promise<Answer> =>
    (await until(() => take(isMeant))) as Answer;
  const say = (raw: unknown): void => socket.send(typeof raw === 'string' ? raw : JSON.stringify(raw));
  const client: SocketClient = {
    ask(message) {
      const uuid = randomUUID();
      say({ uuid, ts: Date.now(), ...message });
      return waitFor((answer) => answer.uuid === (message.uuid ?? uuid));
    },
    say,
    told,
    next: (cid) => waitFor((answer) => answer.cid === cid),
    closed,
    socket,
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      socket.close();
      await closed;
    },
  };
  open.push(client);
  return client;
};

/** A client that is somebody's page: INIT and IDENTIFY are behind it. */
export const connectCustomer = async (
  collector: { url: string },
  ext_user_id: string,
  { label_key = 'demo-label', ...more }: { label_key?: string; hash?: string; device_id?: string } = {},
): Promise<SocketClient> => {
  const client = await connectClient(collector);
  await client.ask({ cid: 3, label_key, device_id: more.device_id ?? 'device-of-test' });
  await client.ask({ cid: 5, ext_user_id, ...more });
  return client;
};
