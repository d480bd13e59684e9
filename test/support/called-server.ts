/** Somebody else's server as the collector calls it: on a real socket, answering as it is told, remembering what came. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { root } from './source-map.ts';

export interface Came {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface CalledServer {
  port: number;
  /** On this machine, over the scheme that it speaks. */
  url: string;
  came: Came[];
  /** How it answers from now on; 204 if it is told nothing. */
  answer: (response: ServerResponse) => void;
  stop(): Promise<void>;
}

const tls = (name: string): string => readFileSync(`${root}/test/fixtures/tls/hooks.test.${name}.pem`, 'utf8');
/** Of `hooks.test` and `rebinding.test`: its own authority. */
export const certificate = tls('cert');

export const startCalled = async (scheme: 'http' | 'https' = 'http'): Promise<CalledServer> => {
  const server: Server = scheme === 'http' ? createHttp() : createHttps({ key: tls('key'), cert: certificate });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const called: CalledServer = {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    came: [],
    answer: (response) => response.writeHead(204).end(),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    called.came.push({ path: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString() });
    called.answer(response);
  });
  return called;
};
