/**
 * Every number that both sides must agree on, with the reason it has that value.
 * A number that only one side knows lives in that side's room.
 */

/** Bytes of one event's payload as JSON. */
export const PAYLOAD_BYTES = 32 * 1024;
/** UTF-16 units of a user's id. */
export const USER_ID_LENGTH = 256;
/** UTF-16 units of an action's name, an event type, a brand. */
export const NAME_LENGTH = 200;
/** UTF-16 units of a customer's public name. */
export const NICKNAME_LENGTH = 64;
/** UTF-16 units of an address: of a link, of a picture, and of a push service, whose endpoints and tokens are a few hundred. */
export const ADDRESS_LENGTH = 2_048;
/** Pages whose highest `seq` one batch may report. */
export const PAGES = 200;
/** Stretches of lost numbers that one batch may report. */
export const LOST = 200;

export const limits = {
  /** Events in one request: above this one answer takes longer than its timeout on a slow disk. */
  batchEvents: 1000,
  /** Bytes of a request body as they travel when compressed: four times what the SDK sends. */
  compressedBytes: 256 * 1024,
  /** Bytes of a request body once inflated; an uncompressed body may be as large. Bounds memory a request can cost. */
  inflatedBytes: 1024 * 1024,
  payloadBytes: PAYLOAD_BYTES,
  /** Levels of nesting in a payload, the payload itself being the first. JSON.stringify overflows the stack near 5,000. */
  payloadDepth: 32,
  /** Names in any one object of a payload. A registry with random names is of no use to anybody. */
  payloadKeys: 256,
  userIdLength: USER_ID_LENGTH,
  nameLength: NAME_LENGTH,
  /** Distinct entry points of a label (published limit). */
  entryPoints: 50,
  /** Users whose hash one batch may carry. */
  hashes: 100,
  pages: PAGES,
  lost: LOST,
  /** Numbers in one such stretch: ten times what a device keeps waiting. */
  lostNumbers: 100_000,
} as const;
