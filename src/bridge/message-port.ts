/**
 * The browser's `MessagePort` as a port: what the handshake hands over. Lets through text and nothing else; whoever sends
 * something else speaks no protocol of ours, and is told nothing.
 */
import type { Port } from './port.ts';

export const messagePort = (port: MessagePort): Port => ({
  send: (text) => port.postMessage(text),
  listen(heard) {
    port.onmessage = ({ data }) => {
      if (typeof data === 'string') heard(data);
    };
  },
  close() {
    port.onmessage = null;
    port.close();
  },
});
