/**
 * The form of every answer of the published protocol: success with its fields, or a code and a sentence.
 */
import { type Answer, answers, type ErrCode, errCodes, type Message } from '../../wire/protocol.ts';
import { Refusal } from '../refusal.ts';

export type Fields = { [name: string]: unknown };

/** A message that is answered with a code instead of what it asked. */
export class ProtocolError extends Error {
  readonly code: ErrCode;

  constructor(code: ErrCode, message: string) {
    super(message);
    this.name = 'ProtocolError';
    this.code = code;
  }
}

const isErrCode = (code: string): code is ErrCode => Object.hasOwn(errCodes, code);

/** What may be said of a failure; `undefined` for one that only the log may know. */
export const asProtocolError = (cause: unknown): ProtocolError | undefined => {
  if (cause instanceof ProtocolError) return cause;
  if (cause instanceof Refusal && isErrCode(cause.code)) return new ProtocolError(cause.code, cause.message);
  return undefined;
};

const answered: { readonly [cid: number]: number } = answers;

/** A message that has no answer of its own is told its failure under its own number. */
const head = ({ cid, uuid, ts }: Pick<Message, 'cid' | 'uuid' | 'ts'>): Pick<Answer, 'cid' | 'uuid' | 'ts'> => ({
  cid: answered[cid] ?? cid,
  ...(typeof uuid === 'string' ? { uuid } : {}),
  ...(typeof ts === 'number' ? { ts } : {}),
});

export const answerTo = (message: Message, fields: Fields): Answer => ({ ...head(message), errCode: 0, ...fields });

export const refusalOf = (
  message: Pick<Message, 'cid' | 'uuid' | 'ts'>,
  { code, message: why }: ProtocolError,
): Answer => ({
  ...head(message),
  ...(code === 'unsupported' ? { cid: errCodes.unsupported } : {}),
  errCode: errCodes[code],
  errMsg: `${code}: ${why}`,
});
