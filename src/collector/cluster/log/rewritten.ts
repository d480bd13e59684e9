/**
 * Groups from which a customer was erased: what is left of each, kept under its place in the stream, where it no longer is.
 * Whoever copies the stream reads them where it has gaps.
 */
import type { StoredMsg } from '@nats-io/jetstream';
import type { CopyStep } from '../../store/copy-step.ts';
import { asClusterError, type Cluster } from '../connection.ts';
import type { Names } from '../names.ts';
import { lastOf, type Publish } from '../publishing.ts';
import { decode, encode, type Said } from './message.ts';

export interface Group {
  said: Said;
  /** When its message came into the stream. */
  time: number;
}

export interface Rewritten {
  /** What is left of the messages between two places, in their order. */
  between(after: number, before: number): Promise<CopyStep[]>;
  at(place: number): Promise<(Group & { revision: number }) | undefined>;
  /** @param revision of what it takes the place of, 0 for the first; resolves `false` where another was faster */
  put(place: number, group: Group, revision: number): Promise<boolean>;
  /** Resolves if the cluster can store just now. */
  check(): Promise<void>;
  /** Of one label, whatever stood before a place of the stream and came before a time. */
  purge(label: string, place: number, time: number): Promise<void>;
}

/** So many single places are asked for by themselves; beyond that it is cheaper to ask which there are. */
const FEW = 64;
/** Before what is left of a group. */
const TIME_BYTES = 8;

export const createRewritten = ({ manager }: Pick<Cluster, 'manager'>, names: Names, publish: Publish): Rewritten => {
  const stream = `KV_${names.rewritten}`;
  const subjectOf = (place: number): string => `$KV.${names.rewritten}.${place}`;

  const places = async (): Promise<number[]> => {
    try {
      const { state } = await manager.streams.info(stream, { subjects_filter: `$KV.${names.rewritten}.*` });
      return Object.keys(state.subjects ?? {})
        .map((subject) => Number(subject.split('.').at(-1)))
        .filter(Number.isInteger)
        .sort((a, b) => a - b);
    } catch (cause) {
      throw asClusterError(cause);
    }
  };
  const at: Rewritten['at'] = async (place) => {
    const kept: StoredMsg | undefined = await lastOf(manager, stream, subjectOf(place));
    if (!kept) return undefined;
    const time = new DataView(kept.data.buffer, kept.data.byteOffset).getFloat64(0);
    return { said: decode(kept.data.subarray(TIME_BYTES), place) as Said, time, revision: kept.seq };
  };

  return {
    at,
    async between(after, before) {
      const many = before - after - 1;
      if (many <= 0) return [];
      const asked =
        many <= FEW
          ? Array.from({ length: many }, (_, n) => after + 1 + n)
          : (await places()).filter((place) => place > after && place < before);
      const found: CopyStep[] = [];
      for (const place of asked) {
        const kept = await at(place);
        if (kept) found.push({ ...kept.said, place });
      }
      return found;
    },
    async put(place, { said, time }, revision) {
      const when = new Uint8Array(TIME_BYTES);
      new DataView(when.buffer).setFloat64(0, time);
      const data = Buffer.concat([when, encode(said)]);
      const { is } = await publish({ subject: subjectOf(place), data, expected: revision });
      return is === 'stored';
    },
    async check() {
      await publish({ subject: `$KV.${names.rewritten}.check`, data: new Uint8Array() });
    },
    async purge(label, before, time) {
      for (const place of await places()) {
        if (place >= before) return;
        const kept = await at(place);
        if (kept?.said.group[0]?.label !== label || kept.time >= time) continue;
        await manager.streams.purge(stream, { filter: subjectOf(place) });
      }
    },
  };
};
