/**
 * One listener's connection as `text/event-stream`. Lets go of a reader that leaves too much unread.
 */
import type { ServerResponse } from 'node:http';
import type { Listener } from './live-feed.ts';

const MOST_UNREAD_BYTES = 1024 * 1024;

export const serverSentEvents = (response: ServerResponse, headers: Record<string, string>): Listener => {
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // An end is told by ending: a reader that comes back takes a connection of its own, of which a drain has none.
    connection: 'close',
    // nginx would hold the events back until its buffer is full.
    'x-accel-buffering': 'no',
  });
  const write = (text: string): void => {
    response.write(text);
    if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
  };
  write('retry: 2000\n\n');
  return {
    send(event, value, id) {
      write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(value)}\n\n`);
    },
    heartbeat: () => write(': still here\n\n'),
    end: () => response.end(),
  };
};
