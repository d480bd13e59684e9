/** A capture with its row, its letters and its words in reach. */
import { actionCall, type Call, eventCall } from '../../src/sdk/calls.ts';
import { createCapture, type Made } from '../../src/sdk/capture.ts';
import { createIdentity } from '../../src/sdk/identity.ts';
import type { Row } from '../../src/sdk/transport/batch.ts';
import type { PageCount } from '../../src/wire/event.ts';

export const capturing = () => {
  const rows: { eid: string; text: string }[] = [];
  const buried: [string, string, string, string][] = [];
  const lost: [string, PageCount[]][] = [];
  const places: PageCount[] = [];
  const told: string[] = [];
  const tell = (code: string, about: string) => void told.push(`${code}: ${about}`);
  const identity = createIdentity(() => {});
  let seq = 0;
  const capture = createCapture({
    newEventId: () => `eid-${1000 + rows.length}`,
    now: () => 5,
    brand: () => 'brand',
    identity,
    place: (frames) => frames ?? { session_id: 'session-1', page_id: 'page-0001', seq: ++seq },
    append(eid, text, place) {
      rows.push({ eid, text });
      places.push(place);
    },
    bury: (...letter) => void buried.push(letter),
    lose: (...loss) => void lost.push(loss),
    tell,
  });
  const made = (call: Call | undefined, frames?: Made) => call && capture(call, frames);
  return {
    identity,
    rows,
    buried,
    lost,
    places,
    told,
    action: (name: unknown, extra?: unknown) => made(actionCall(name, extra, tell)),
    event: (type: unknown, payload?: unknown, frames?: Made) => made(eventCall(type, payload, tell), frames),
    /** The same, from a frame. */
    framed(type: unknown, payload: unknown, frames: Made) {
      const call = eventCall(type, payload, tell);
      return made(call && { ...call, source: 'bridge', frame: 'https://platform.example' }, frames);
    },
    /** The last event captured, as it waits. */
    last: () => JSON.parse(rows.at(-1)?.text ?? 'null') as Row,
  };
};
