/**
 * Refusals in the publisher API's own form, for every address of it: what its clients already know how to read. Pure.
 */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { PublisherError } from '../../wire/client-event.ts';
import type { Refusal } from '../refusal.ts';

export const isPublisherAddress = (url: string): boolean => url.startsWith('/v2/');

/** An id that may stand in an answer and in the log as it came. */
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,64}$/;

/** The id of a request to this API: the client's own, so that both logs tell of one. `undefined` for other addresses. */
export const publisherRequestId = ({ url, headers }: Pick<IncomingMessage, 'url' | 'headers'>): string | undefined => {
  if (!isPublisherAddress(url ?? '')) return undefined;
  const given = headers['x-cdlx-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
};

const unreadable: readonly string[] = ['bad_json', 'bad_gzip', 'empty_body'];
const typeOf = ({ code, status }: Refusal): string => {
  if (unreadable.includes(code)) return 'HttpMessageNotReadable';
  if (status === 400) return 'ValidationException';
  if (status === 401) return 'SessionValidationException';
  return (STATUS_CODES[status] ?? '').replaceAll(/[^A-Za-z]/g, '');
};

export const publisherError = (refusal: Refusal, requestId: string): PublisherError => {
  const { message, status, details } = refusal;
  const type = typeOf(refusal);
  const validationErrors = type === 'ValidationException' ? [message] : [];
  return { type, title: message, status, validationErrors, requestId, ...details };
};
