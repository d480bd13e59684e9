/** One connection on which requests are said as bytes, many before the first answer, and the answers that come back in order. */
import { connect } from 'node:net';

export interface RawAnswer {
  status: number;
  body: string;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** The first answer in these bytes and where the next begins; nothing while it is not whole. */
const readAnswer = (bytes: Buffer): { answer: RawAnswer; end: number } | undefined => {
  const at = bytes.indexOf(HEAD_END);
  if (at < 0) return undefined;
  const head = bytes.subarray(0, at).toString('latin1');
  const status = Number(head.slice(9, 12));
  const start = at + HEAD_END.length;
  const whole = (body: Buffer, end: number) => ({ answer: { status, body: body.toString() }, end });
  if (status === 204 || status === 304) return whole(Buffer.alloc(0), start);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = start + Number(length);
    return bytes.length < end ? undefined : whole(bytes.subarray(start, end), end);
  }
  const chunks: Buffer[] = [];
  for (let chunk = start; ; ) {
    const line = bytes.indexOf('\r\n', chunk);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.subarray(chunk, line).toString('latin1'), 16);
    const end = line + 2 + size + 2;
    if (Number.isNaN(size) || bytes.length < end) return undefined;
    if (size === 0) return whole(Buffer.concat(chunks), end);
    chunks.push(bytes.subarray(line + 2, end - 2));
    chunk = end;
  }
};

/**
 * Says all of it at once; resolves with what was answered when there are so many answers, or the connection is over.
 * `goes`: the client says no more afterwards, whatever it promised.
 */
export const sayAll = (port: number, requests: readonly Buffer[], goes = false): Promise<RawAnswer[]> =>
  new Promise((resolve, reject) => {
    const answers: RawAnswer[] = [];
    let rest: Buffer = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let read = readAnswer(rest); read; read = readAnswer(rest)) {
        answers.push(read.answer);
        rest = rest.subarray(read.end);
      }
      if (answers.length >= requests.length && !goes) socket.destroy();
    });
    // Whoever is cut off has what came before; where nobody listens any more, there is nothing to find out.
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ECONNREFUSED') reject(cause);
      socket.destroy();
    });
    socket.on('close', () => resolve(answers));
    for (const request of requests) socket.write(request);
    if (goes) socket.end();
  });
