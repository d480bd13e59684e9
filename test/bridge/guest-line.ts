/** A guest's side of calls, with a scripted host at the other end of its line: what was said to it, and what it says. */
import { type Caller, createCaller } from '../../src/bridge/calling.ts';
import type { CallMessage, HostMessage } from '../../src/bridge/messages.ts';
import { memoryPorts } from '../support/memory-port.ts';
import { delivered } from './turns.ts';

type Heard = (...args: unknown[]) => unknown;

/** JSON of a message, with each function written as the caller wants it. */
export const written = (value: unknown, ofFunction: (heard: Heard) => string): string =>
  JSON.stringify(value, (_name, inner) => (typeof inner === 'function' ? ofFunction(inner) : inner));

export const guestLine = () => {
  const [port, host] = memoryPorts();
  const heard: CallMessage[] = [];
  const told: string[] = [];
  const news: unknown[] = [];
  const threw: unknown[] = [];
  host.listen((text) => void heard.push(JSON.parse(text)));
  const caller: Caller = createCaller({
    stringify: written,
    failed(code, about) {
      told.push(`${code}: ${about}`);
      return Object.assign(new Error(about), { code });
    },
    news: (said) => void news.push(said),
    threw: (cause) => void threw.push(cause),
  });
  return {
    ...caller,
    told,
    news,
    threw,
    /** What the host was told, in order. */
    heard,
    methods: () => heard.map(({ method }) => method),
    /** The host comes to the line. */
    async meets() {
      caller.connect(port);
      await delivered();
    },
    async says(...messages: HostMessage[]) {
      for (const message of messages) host.send(JSON.stringify(message));
      await delivered();
    },
    async saysText(text: string) {
      host.send(text);
      await delivered();
    },
  };
};
