/**
 * The operator's back end, as small as one can be: hears actions on the live stream, as the live view does, and sends
 * engagements.
 */
import { benchLabel } from './processes.ts';

const headers = { authorization: `Bearer ${benchLabel.admin}` };

/** The clock that all processes of this machine share, in milliseconds. */
export const clock = (): number => performance.timeOrigin + performance.now();

/** Tells when each action was seen. Returns the end of hearing. */
export const hearLive = async (collector: string, heard: (action: string, at: number) => void): Promise<() => void> => {
  const ending = new AbortController();
  const { body } = await fetch(`${collector}/v1/live`, { headers, signal: ending.signal });
  const read = async () => {
    let text = '';
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const at = clock();
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const action = /"client_action":"([^"]+)"/.exec(text.slice(0, end))?.[1];
        if (action) heard(action, at);
        text = text.slice(end + 2);
      }
    }
  };
  read().catch((cause) => {
    if (!ending.signal.aborted) console.error('the live stream ended:', cause);
  });
  return () => ending.abort();
};

/** Resolves when the collector has it on disk and has told the customer's open pages. */
export const sendPopup = async (collector: string, user: string, title: string): Promise<void> => {
  const answer = await fetch(`${collector}/v1/customers/${user}/engagements`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      kind: 'popup',
      title,
      body: 'A bonus is waiting',
      buttons: [{ text: 'OK', action: 'dp:ok' }],
    }),
  });
  if (answer.status !== 201) throw new Error(`a popup was not sent: ${answer.status} ${await answer.text()}`);
};
