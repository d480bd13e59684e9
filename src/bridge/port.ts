/**
 * A way to send and hear messages between two windows, and to stop. Knows neither origins nor calls:
 * who may talk is settled before a port exists.
 */
export interface Port {
  /** `message` is plain JSON; anything else is the caller's mistake and throws a `DataCloneError`. */
  send(message: unknown): void;
  /** One listener; returns its undo. Messages that came before it are delivered first, in order. */
  listen(heard: (message: unknown) => void): () => void;
  /** Idempotent. Nothing is heard afterwards. */
  close(): void;
}
