/**
 * An event as a publisher takes it. Pure. An action is an event of its own name, since a publisher knows no other kind of
 * name; what else the page said of it is the metadata.
 */
import { type ClientEventMessage, clientEventTypes, publishedTypeOf } from '../../wire/client-event.ts';
import type { BrowserEvent } from '../../wire/event.ts';

/** Odd, and with bits well spread: one a quarter of the id. */
const LANES = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f];

/** An event's id as a GUID, which is what publishers take: of the same id the same one, however often it is sent. */
export const guidOf = (eid: string): string => {
  const hex = LANES.map((lane) => {
    let hash = lane;
    for (const letter of eid) {
      hash = Math.imul(hash ^ letter.charCodeAt(0), lane);
      hash ^= hash >>> 15;
    }
    return (hash >>> 0).toString(16).padStart(8, '0');
  }).join('');
  // Version 8 of RFC 9562: made by a rule of one's own.
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-8$3-8$4-$5');
};

/** An unreadable time is sent as none: it is the publisher's to reject, and holds up no other event. */
const isoOf = (time: number): string => {
  const date = new Date(time);
  return Number.isNaN(+date) ? '' : date.toISOString();
};

/** Which type a name has is published; the page may say another one, as `clientEventType` in the payload. */
export const messageOf = ({ eid, event_date, event_type, payload }: BrowserEvent): ClientEventMessage => {
  const { clientEventType: said, ...metadata } = Object(payload) as BrowserEvent['payload'];
  let clientEvent = event_type;
  if (event_type === 'client_action') {
    clientEvent = `${metadata.client_action}`;
    delete metadata.client_action;
  }
  return {
    clientEventId: guidOf(`${eid}`),
    clientEventType: clientEventTypes.find((one) => one === said) ?? publishedTypeOf(clientEvent) ?? 'SessionAction',
    clientEvent,
    clientEventTimestamp: isoOf(event_date),
    clientEventMetadata: Object.keys(metadata).length ? metadata : null,
  };
};
