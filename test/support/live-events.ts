/** The live stream as the live view reads it: with fetch, event by event. */

export interface LiveEvent {
  event: string;
  id: number | undefined;
  value: Record<string, unknown> & { eid?: string; count?: number };
}

export const liveEvents = async (collector: { url: string }, key: string, resumeAfter?: number) => {
  const stop = new AbortController();
  const response = await fetch(`${collector.url}/v1/live`, {
    headers: {
      authorization: `Bearer ${key}`,
      ...(resumeAfter === undefined ? {} : { 'last-event-id': String(resumeAfter) }),
    },
    signal: stop.signal,
  });
  if (!response.body) throw new Error(`no stream: ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';

  const take = (): LiveEvent | undefined => {
    const end = text.indexOf('\n\n');
    if (end < 0) return undefined;
    const lines = text.slice(0, end).split('\n');
    text = text.slice(end + 2);
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const event = field('event');
    if (event === undefined) return take();
    const id = field('id');
    return {
      event,
      id: id === undefined ? undefined : Number(id),
      value: JSON.parse(field('data') ?? 'null') as LiveEvent['value'],
    };
  };
  return {
    /** The next event of a kind; others that come before it are passed over. */
    async next(kind: string): Promise<LiveEvent> {
      for (;;) {
        const one = take();
        if (one?.event === kind) return one;
        if (one) continue;
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended before "${kind}"`);
        text += value;
      }
    },
    end: () => stop.abort(),
  };
};
