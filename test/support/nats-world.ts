/** A world on servers that others share: a name that nobody has, and its end. */
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type NatsPlace, storeAt } from './nats.ts';

export interface NatsWorld {
  /** `STORE` for its collectors. */
  store: string;
  /** Takes its streams and buckets away: servers that keep hundreds for nobody are slow. */
  remove(): Promise<void>;
}

export const newWorldAt = (place: NatsPlace): NatsWorld => {
  const name = `world-${crypto.randomUUID().slice(0, 8)}`;
  return {
    store: storeAt(place, name),
    async remove() {
      const connection = await connect({ servers: place.servers.split(',') });
      const { streams } = await jetstreamManager(connection);
      for await (const stream of streams.names()) if (stream.includes(name)) await streams.delete(stream);
      await connection.close();
    },
  };
};
