/**
 * One request to one collector, and what its answer means to a client: acknowledged, or to be said again, and when. Reads
 * refusals as the SDK does.
 */
import { PATIENCE } from '../../src/sdk/transport/send.ts';
import type { Said } from './doors.ts';

/** Milliseconds until a request that nobody answered is sent again. */
const AGAIN = 100;

export type Answered = { is: 'acknowledged' } | { is: 'again'; why: string; wait: number };

export const say = async ({ path, headers, body }: Said, url: string): Promise<Answered> => {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url + path, { method: 'POST', headers, body, signal: AbortSignal.timeout(PATIENCE) });
    text = await response.text();
  } catch (cause) {
    // It is down, was killed over this request, or says nothing: that is what this is about.
    return { is: 'again', why: (cause as Error).name === 'TimeoutError' ? 'no answer' : 'no connection', wait: AGAIN };
  }
  if (response.ok) {
    const { rejected } = JSON.parse(text) as { rejected: unknown[] };
    if (rejected.length > 0) throw new Error(`a verdict that no event here deserves: ${text}`);
    return { is: 'acknowledged' };
  }
  if (response.status !== 429 && response.status < 500)
    throw new Error(`a refusal that no request here deserves: ${response.status} ${text}`);
  const asked = Number(response.headers.get('retry-after') ?? 0) * 1_000;
  return { is: 'again', why: `${response.status}`, wait: asked || AGAIN };
};
