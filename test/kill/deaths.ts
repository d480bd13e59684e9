/**
 * What died, when, in which state, and what had been called by then; and what the collector says of it afterwards. The
 * ledger of a trial is its own list of names: the name of an action is the event's identity here.
 */
import type { StoredEvent } from '../../src/collector/live/shapes.ts';
import { nameOf, type RunningWorld, saidByPage } from '../support/delivery-world.ts';

/** How a page stood when it died. */
export interface State {
  database: 'open' | 'not open yet';
  wire: 'idle' | 'request on the wire';
}
export const states: State[] = (['open', 'not open yet'] as const).flatMap((database) =>
  (['idle', 'request on the wire'] as const).map((wire) => ({ database, wire })),
);

export interface Call {
  name: string;
  /** README says beside its promise that this one can be lost. */
  inWindow: boolean;
}

/** What was done to a page, told before anybody has asked the collector. */
export interface Death {
  /** E.g. `renderer`. */
  what: string;
  /** After the call, in words: `4 ms`. */
  when: string;
  state: State;
  /** Milliseconds from the call to the death, as they were, where that is a length of time. */
  after?: number;
  calls: Call[];
}

export interface Verdict extends Death {
  lost: Call[];
  twice: Call[];
}

/** What a client that is no page calls its events by stands in the payload. */
const identityOf = (event: StoredEvent): string => String(event.payload.name ?? nameOf(event));

/**
 * What the collector has of each death. An event that nobody called has no death to stand by, and is an error.
 * @param unjudged of trials that came to no end
 */
export const verdictsOf = async <One extends Death>(
  world: RunningWorld,
  deaths: One[],
  unjudged: (name: string) => boolean,
): Promise<(One & Verdict)[]> => {
  const stored = new Map<string, number>();
  for (const name of (await saidByPage(world.label)).map(identityOf)) stored.set(name, (stored.get(name) ?? 0) + 1);
  const called = new Set(deaths.flatMap(({ calls }) => calls.map(({ name }) => name)));
  const foreign = [...stored.keys()].filter((name) => !called.has(name) && !unjudged(name));
  if (foreign.length) throw new Error(`stored, and called by nobody: ${foreign.join(', ')}`);
  return deaths.map((death) => ({
    ...death,
    lost: death.calls.filter(({ name }) => !stored.has(name)),
    twice: death.calls.filter(({ name }) => (stored.get(name) ?? 0) > 1),
  }));
};
