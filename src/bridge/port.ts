/**
 * A way to send and hear text between two windows, and to stop. Knows neither origins nor calls: who may talk is settled
 * before a port exists (`handshake.ts`), what the text says is settled behind it (`messages.ts`).
 */
export interface Port {
  /** Kept in order. Text only: what is no text (an object of the other side's making, 50 MB of bytes) never gets through. */
  send(text: string): void;
  /** One listener, the last one. Texts that came before it are delivered first, in order. */
  listen(heard: (text: string) => void): void;
  /** Idempotent. Nothing is heard afterwards. */
  close(): void;
}
