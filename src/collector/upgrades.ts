/**
 * Requests that ask to become another protocol. A WebSocket's handshake goes through the routes like any request, so that
 * an address, an origin and a refusal are what they are elsewhere. Any other wish (`h2c` of a Java client, say) is not ours
 * to grant, and HTTP lets a server ignore it: that request goes on as the HTTP/1.1 request that it also is.
 */
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface Upgrade {
  connection: Duplex;
  /** Bytes that came behind the handshake. */
  head: Buffer;
}

export interface Upgrades {
  /** Hears a server's `upgrade`. */
  take(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** Gives the connection of a request that is a WebSocket's handshake to whoever will speak on it. */
  claim(request: IncomingMessage, response: ServerResponse): Upgrade | undefined;
}

const spokenByNobodyElse = new Set(['upgrade', 'connection', 'http2-settings']);

/** The head of the same request without its wish. */
const plainHead = ({ method, url, rawHeaders, headers }: IncomingMessage): Buffer => {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (!spokenByNobodyElse.has(rawHeaders[at]!.toLowerCase())) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  if (/\bclose\b/i.test(headers.connection ?? '')) lines.push('Connection: close');
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
};

/** @param route answers a request, as for one that wishes nothing */
export const createUpgrades = (
  server: Server,
  route: (request: IncomingMessage, response: ServerResponse) => void,
): Upgrades => {
  const handshakes = new WeakMap<IncomingMessage, Upgrade>();
  return {
    take(request, connection, head) {
      if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
        connection.unshift(Buffer.concat([plainHead(request), head]));
        server.emit('connection', connection);
        return;
      }
      // A client that goes before it has its answer is nobody's mistake.
      connection.on('error', () => connection.destroy());
      const response = new ServerResponse(request);
      try {
        response.assignSocket(connection as never);
      } catch {
        // Requests before it on this connection still wait for their answers. No browser does that, and there is no way to
        // make the protocol change wait for them: thrown from here, it would end the process.
        connection.destroy();
        return;
      }
      response.shouldKeepAlive = false;
      response.once('finish', () => connection.end());
      handshakes.set(request, { connection, head });
      route(request, response);
    },
    claim(request, response) {
      const upgrade = handshakes.get(request);
      if (upgrade) response.detachSocket(upgrade.connection as never);
      return upgrade;
    },
  };
};
