/**
 * The operator's web server: the pages that a test makes, on two sites (`localhost` and `127.0.0.1`), neither of them the
 * collector's origin. Knows nothing of the product.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PageServer {
  /** Two origins, and two sites, with the same pages. */
  readonly site: string;
  readonly otherSite: string;
  /** The same pages again, where the browser is told of the host `casino.example`: no secure context. */
  readonly plainSite: string;
  /** Serves this page from now on, and answers its path; one of its own unless another is given. */
  add(html: string, headers?: Record<string, string>, path?: string): string;
  /** Runs for each request of the path, before its empty answer. */
  on(path: string, handler: (body: string) => Promise<void> | void): void;
  close(): Promise<void>;
}

const textOf = async (message: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of message) text += chunk;
  return text;
};

export const startPageServer = async (): Promise<PageServer> => {
  const pages = new Map<string, { html: string; headers: Record<string, string> }>();
  const handlers = new Map<string, (body: string) => Promise<void> | void>();
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://any').pathname;
    const page = pages.get(path);
    if (page) {
      response.writeHead(200, { 'content-type': 'text/html;charset=utf-8', ...page.headers }).end(page.html);
      return;
    }
    await handlers.get(path)?.(await textOf(request));
    response.writeHead(handlers.has(path) ? 204 : 404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    site: `http://127.0.0.1:${port}`,
    otherSite: `http://localhost:${port}`,
    plainSite: `http://casino.example:${port}`,
    add(html, headers = {}, path = `/page-${pages.size + 1}`) {
      pages.set(path, { html, headers });
      return path;
    },
    on: (path, handler) => void handlers.set(path, handler),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
