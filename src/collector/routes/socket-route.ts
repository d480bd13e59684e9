/**
 * `GET /ws`: the handshake of the live channel. Whoever is refused here is refused as everywhere, before the protocol changes.
 */
import { sendsGpc } from '../consent.ts';
import type { OwnAddress } from '../own-address.ts';
import { Refusal, retryAfter } from '../refusal.ts';
import type { Sockets } from '../sockets.ts';
import type { Upgrades } from '../upgrades.ts';
import type { Route } from './route.ts';

export interface SocketNeeds {
  sockets: Sockets;
  upgrades: Upgrades;
  ownAddress: OwnAddress;
  newRequestId: () => string;
  isDraining: () => boolean;
  random: () => number;
}

export const socketRoute = ({
  sockets,
  upgrades,
  ownAddress,
  newRequestId,
  isDraining,
  random,
}: SocketNeeds): Route => ({
  method: 'GET',
  url: '/ws',
  audience: 'page',
  schema: { summary: 'The live channel: a WebSocket that speaks the published protocol', tags: ['live'] },
  answer(request, reply) {
    if (isDraining()) throw new Refusal('shutting_down', 'the collector restarts; connect again');
    if (!sockets.hasRoom(request.ip))
      throw new Refusal('overloaded', 'too many sockets are open', retryAfter(5, random));
    const upgrade = upgrades.claim(request.raw, reply.raw);
    if (!upgrade) throw new Refusal('bad_request', 'this address speaks WebSocket, and this is no handshake of one');
    reply.hijack();
    sockets.open(request.raw, upgrade.connection, upgrade.head, {
      origin: request.headers.origin,
      address: request.ip,
      gpc: sendsGpc(request.headers),
      base: ownAddress(request),
      page_id: `ws-${request.id}`,
      newRequestId,
    });
  },
});
