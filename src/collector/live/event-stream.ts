/**
 * Reads `text/event-stream` as it comes: pieces of text in, whole messages out. The form is
 * https://html.spec.whatwg.org/multipage/server-sent-events.html. Knows no network; `stream.ts` brings the pieces.
 * The browser's own EventSource cannot send an Authorization header, hence this.
 */
export interface Message {
  event: string;
  data: string;
  /** The last id seen so far, as the form has it; empty if none. */
  id: string;
}

export const createEventStream = (onMessage: (message: Message) => void): ((piece: string) => void) => {
  let rest = '';
  let id = '';
  let event = '';
  let data: string[] = [];
  const readLine = (line: string): void => {
    if (!line) {
      if (data.length) onMessage({ event: event || 'message', data: data.join('\n'), id });
      event = '';
      data = [];
      return;
    }
    const colon = line.indexOf(':');
    // A line that opens with a colon is the heartbeat.
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id') id = value;
  };
  return (piece) => {
    const text = rest + piece;
    // A carriage return at the very end may be half of a pair: it waits for its line feed.
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
    const lines = whole.split(/\r\n|\r|\n/);
    rest = (lines.pop() ?? '') + text.slice(whole.length);
    for (const line of lines) readLine(line);
  };
};
