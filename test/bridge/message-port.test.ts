import { describe, expect, test } from 'vitest';
import { messagePort } from '../../src/bridge/message-port.ts';
import { portContract, TEXT_ONLY } from '../contracts/port.ts';
import { memoryPorts } from '../support/memory-port.ts';
import { delivered } from './turns.ts';

describe('the browser’s MessagePort', () => {
  portContract({
    make() {
      const { port1, port2 } = new MessageChannel();
      return { one: messagePort(port1), other: messagePort(port2), post: (value) => port1.postMessage(value) };
    },
    delivered,
  });

  test('B10: a function does not get past the browser, whoever posts it', () => {
    const { port1 } = new MessageChannel();
    expect(() => port1.postMessage({ id: 1, m: 'event', a: [{ toJSON: () => '{}' }] })).toThrow('could not be cloned');
    port1.close();
  });

  test('the other end learns that a port was closed: nothing keeps it open', async () => {
    const { port1, port2 } = new MessageChannel();
    const ended = new Promise((resolve) => port2.addEventListener('close', resolve));
    const port = messagePort(port1);
    port.listen(() => {});
    port.close();
    await ended;
  });
});

describe('two ends in memory', () => {
  portContract({
    make() {
      const [one, other] = memoryPorts();
      return { one, other };
    },
    delivered,
    skip: [{ reason: 'only `send` leads into it, and takes text', tests: [TEXT_ONLY] }],
  });
});
