/**
 * A request's body as JSON, whatever its content type says: bounded while it travels, while it inflates and in time.
 * Never holds more than the limit, and refuses with the limit in the message.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { limits } from '../wire/limits.ts';
import type { BodyClock } from './body-clock.ts';
import { Refusal } from './refusal.ts';

export interface Body {
  value: unknown;
  /** Once inflated: what travelled may be a thousandth of what is held. */
  bytes: number;
}
type Done = (refusal: Refusal | null, body?: Body) => void;

/** A refusal of a body that calls itself something else than JSON; one that says nothing is taken for it. */
export const otherMediaType = ({ rawHeaders }: IncomingMessage): Refusal | undefined => {
  // As it was sent: fastify's copy of the header is taken away before it is read.
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && /^content-type$/i.test(name));
  const type = at < 0 ? 'application/json' : (rawHeaders[at + 1]?.split(';')[0]?.trim().toLowerCase() ?? '');
  if (/^application\/([\w.-]+\+)?json$/.test(type)) return undefined;
  return new Refusal('unsupported_media_type', 'a body of this address is application/json');
};

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
const tooLarge = (most: number, what: string): Refusal =>
  new Refusal('body_too_large', `${what} is larger than ${most} bytes; send fewer events at a time`);

interface Promised {
  mustInflate: boolean;
  /** Bytes that may travel. */
  most: number;
}

/** What the headers say of a body before any of it has come; a refusal where they already say too much. */
const promisedBy = ({ headers }: IncomingMessage): Promised | Refusal => {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  const mustInflate = encoding === 'gzip' || encoding === 'x-gzip';
  if (!mustInflate && encoding !== '' && encoding !== 'identity')
    return new Refusal('unsupported_encoding', 'the only Content-Encoding that is understood is gzip, once');
  const most = mustInflate ? limits.compressedBytes : limits.inflatedBytes;
  return Number(headers['content-length'] ?? 0) > most ? tooLarge(most, 'the body') : { mustInflate, most };
};

const inflate = (bytes: Buffer): Buffer => {
  try {
    return gunzipSync(bytes, { maxOutputLength: limits.inflatedBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(limits.inflatedBytes, 'the inflated body');
    throw new Refusal('bad_gzip', 'the gzip stream is damaged or ends early');
  }
};

const decoded = (bytes: Buffer, mustInflate: boolean): Body | Refusal => {
  try {
    return decode(bytes, mustInflate);
  } catch (cause) {
    if (cause instanceof Refusal) return cause;
    throw cause;
  }
};

const decode = (bytes: Buffer, mustInflate: boolean): Body => {
  if (bytes.length === 0) throw new Refusal('empty_body', 'the body is empty');
  const plain = mustInflate || isGzip(bytes) ? inflate(bytes) : bytes;
  if (plain.length === 0) throw new Refusal('empty_body', 'the body is empty once inflated');
  if (plain !== bytes && isGzip(plain))
    throw new Refusal('unsupported_encoding', 'the body is gzip inside gzip; compress it once');
  if (!isUtf8(plain)) throw new Refusal('bad_json', 'the body is not UTF-8');
  try {
    return { value: JSON.parse(plain.toString('utf8')) as unknown, bytes: plain.length };
  } catch {
    // The parser's own words quote the body, which may be private.
    throw new Refusal('bad_json', 'the body is not JSON');
  }
};

export const readBody = (request: IncomingMessage, clock: BodyClock, done: Done): void => {
  const promised = promisedBy(request);
  if (promised instanceof Refusal) {
    clock.discard(request);
    done(promised);
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  let { most } = promised;

  const finish = (refusal: Refusal | null, body?: Body): void => {
    request.off('data', take).off('end', end).off('error', broken).off('close', broken);
    chunks.length = 0;
    watch.end();
    // What still comes is read and thrown away, within the clock's bounds: closing at once would reset the connection
    // before the client has read why.
    if (refusal && !request.complete) clock.discard(request);
    done(refusal, body);
  };
  const take = (chunk: Buffer): void => {
    if (length === 0 && chunk.length > 1 && isGzip(chunk)) most = limits.compressedBytes;
    length += chunk.length;
    chunks.push(chunk);
    const refusal = length > most ? tooLarge(most, 'the body') : watch.arrived(chunk.length);
    if (refusal) finish(refusal);
  };
  const end = (): void => {
    const body = decoded(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), promised.mustInflate);
    if (body instanceof Refusal) finish(body);
    else finish(null, body);
  };
  const broken = (): void => finish(new Refusal('bad_request', 'the connection ended before the body did'));

  const watch = clock.open(finish);
  request.on('data', take).on('end', end).on('error', broken).on('close', broken);
};
