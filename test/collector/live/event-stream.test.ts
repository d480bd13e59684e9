import { describe, expect, test } from 'vitest';
import { createEventStream, type Message } from '../../../src/collector/live/event-stream.ts';

const read = (...pieces: string[]): Message[] => {
  const messages: Message[] = [];
  const stream = createEventStream((message) => messages.push(message));
  for (const piece of pieces) stream(piece);
  return messages;
};

describe('the live stream', () => {
  test('a message is the same however the network cuts it', () => {
    const text = 'event: stored\nid: 7\ndata: {"a":1}\n\n';
    const whole = [{ event: 'stored', id: '7', data: '{"a":1}' }];
    for (let at = 0; at <= text.length; at++) expect(read(text.slice(0, at), text.slice(at))).toEqual(whole);
  });

  test('heartbeats and blank lines are no messages', () => {
    expect(read(': heartbeat\n\n', '\n\n', 'retry: 2000\n\n')).toEqual([]);
  });

  test('a message without an id leaves the place to resume from where it was', () => {
    const messages = read('event: stored\nid: 7\ndata: 1\n\n', 'event: tally\ndata: 2\n\n');
    expect(messages.map(({ event, id }) => [event, id])).toEqual([
      ['stored', '7'],
      ['tally', '7'],
    ]);
  });

  test('lines may end in any of the three ways, also when a pair is cut', () => {
    expect(read('data: 1\r', '\ndata: 2\r\n\r\n')).toEqual([{ event: 'message', id: '', data: '1\n2' }]);
    expect(read('data:1\r\r', 'data: 3\n\n').map(({ data }) => data)).toEqual(['1', '3']);
  });

  test('a message that the connection cut off is not told', () => {
    expect(read('event: stored\ndata: {"a":')).toEqual([]);
  });
});
