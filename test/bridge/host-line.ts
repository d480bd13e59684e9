/** A host's side of calls, without a window: what it is told to serve, what it says, and a clock that only calls move. */
import { type CallMessage, type GuestMessage, type HostMessage, LONGEST, readHost } from '../../src/bridge/messages.ts';
import { type Method, serveCalls, type Takes } from '../../src/bridge/serving.ts';

export const hostLine = (methods: { [name: string]: Method } = {}) => {
  const said: HostMessage[] = [];
  const flooded: number[] = [];
  const ran: unknown[][] = [];
  let clock = 1_000_000;
  let last = 0;
  const served = new Map<string, Method>(Object.entries(methods));
  const method = (name: string, takes: Takes, outcome: (...args: unknown[]) => unknown = () => undefined) =>
    served.set(name, {
      takes,
      run(...args: unknown[]) {
        ran.push([name, ...args]);
        return outcome(...args);
      },
    });
  const serving = serveCalls({
    methods: served,
    send(text) {
      const message = readHost(text);
      if (!message || text.length > LONGEST) throw new Error(`no word of a host's: ${text}`);
      said.push(message);
    },
    stringify: JSON.stringify,
    now: () => clock,
    around: (run) => run(),
    flooded: (calls) => void flooded.push(calls.length),
  });
  /** As it arrives: through JSON. */
  const hears = (message: GuestMessage) => serving.heard(JSON.parse(JSON.stringify(message)));
  return {
    ...serving,
    said,
    flooded,
    /** Names and arguments of what was run, in order. */
    ran,
    method,
    hears,
    calls(name: string, args: unknown[] = [], asks = true): number {
      const call: CallMessage = { type: 'call', id: ++last, method: name, args, asks };
      hears(call);
      return last;
    },
    passes(milliseconds: number) {
      clock += milliseconds;
    },
    answers: () => said.filter(({ type }) => type !== 'taken'),
  };
};
