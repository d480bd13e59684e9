/**
 * The bench's own small servers: the page that is measured, isolated so that its clock is fine, and a scale between page
 * and collector that weighs every request.
 */
import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createServer as createPortServer } from 'node:net';

export interface Listening {
  url: string;
  close(): Promise<void>;
}

const listening = async (server: Server): Promise<Listening> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

export const servePage = (script: string): Promise<Listening> =>
  listening(
    createServer((_request, response) => {
      response.writeHead(200, {
        'content-type': 'text/html;charset=utf-8',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        // So that an isolated page may frame it.
        'cross-origin-resource-policy': 'cross-origin',
      });
      response.end(`<!doctype html><title>bench</title><link rel="icon" href="data:,"><script>${script}</script>`);
    }),
  );

export interface Weighed {
  requests: number;
  bytes: number;
}

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** Passes everything on to the collector and counts what `POST`s weigh. */
export const serveScale = async (collector: string): Promise<Listening & { weighed: Weighed }> => {
  const weighed: Weighed = { requests: 0, bytes: 0 };
  const server = createServer(async (incoming, response) => {
    const body = await bodyOf(incoming);
    if (incoming.method === 'POST') {
      weighed.requests++;
      weighed.bytes += body.length;
    }
    const { method, headers } = incoming;
    const onward = ask(`${collector}${incoming.url}`, { ...(method && { method }), headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.once('error', (cause) => response.writeHead(502).end(String(cause)));
    onward.end(body);
  });
  return { ...(await listening(server)), weighed };
};

/** Free when it was looked for. */
export const unusedPort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createPortServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 1));
    });
  });
