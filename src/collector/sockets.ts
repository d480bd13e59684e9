/**
 * All open sockets: takes the handshake, looks after silence, and lets everybody go when the collector drains.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Metrics } from './metrics.ts';
import { bucketOfAddress } from './network-address.ts';
import type { ConversationNeeds } from './protocol/conversation.ts';
import type { Whence } from './protocol/speaker.ts';
import { type OpenSocket, openSocket } from './socket.ts';

export interface Sockets {
  /** Whether another one may be opened from an address. */
  hasRoom(address: string): boolean;
  open(request: IncomingMessage, connection: Duplex, head: Buffer, whence: Whence): void;
  /** Asks every client to come back, and cuts off who does not go. */
  drain(): void;
}

const MESSAGE_BYTES = 64 * 1024;
/** File descriptors are the bound that an operating system has; a company or a mobile network is one address. */
const MOST = { sockets: 10_000, ofAddress: 2_000 };
const LOOK_EVERY = 5_000;
/** Of RFC 6455: the service restarts. */
const RESTART = 1012;
const DRAIN_LIMIT = 2_000;

/** @param now a clock that never jumps */
export const createSockets = (
  needs: ConversationNeeds,
  metrics: Pick<Metrics, 'sockets'>,
  now: () => number,
  most = MOST,
): Sockets => {
  // Compression would cost each connection memory of its own, and messages are small.
  const server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES, perMessageDeflate: false });
  const open = new Set<OpenSocket>();
  const ofAddress = new Map<string, number>();
  const count = (address: string, change: 1 | -1): void => {
    const bucket = bucketOfAddress(address);
    const left = (ofAddress.get(bucket) ?? 0) + change;
    if (left > 0) ofAddress.set(bucket, left);
    else ofAddress.delete(bucket);
    metrics.sockets(change);
  };
  const looking = setInterval(() => {
    const at = now();
    for (const socket of open) socket.look(at);
  }, LOOK_EVERY);
  looking.unref();

  return {
    hasRoom: (address) => open.size < most.sockets && (ofAddress.get(bucketOfAddress(address)) ?? 0) < most.ofAddress,
    open(request, connection, head, whence) {
      server.handleUpgrade(request, connection, head, (ws) => {
        const socket = openSocket(ws, needs, whence, now, () => {
          open.delete(socket);
          count(whence.address, -1);
        });
        open.add(socket);
        count(whence.address, 1);
      });
    },
    drain() {
      clearInterval(looking);
      for (const socket of open) socket.end(RESTART, 'the collector restarts; connect again');
      setTimeout(() => {
        for (const socket of open) socket.cut();
      }, DRAIN_LIMIT).unref();
    },
  };
};
