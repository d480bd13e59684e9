/**
 * How far each label is folded, whichever collector folds it: one value a label in its bucket. It is written once every
 * change that it speaks of is, in a step of its own; a collector that ends between the two leaves it behind, and what is
 * folded again changes nothing, since each document knows the last event that is in it.
 */
import type { Cursor } from '../../store/event-log.ts';
import type { Fanout, Progress } from '../../store/user-store.ts';
import type { Cluster } from '../connection.ts';
import { type Names, toToken } from '../names.ts';
import { lastOf, type Publish } from '../publishing.ts';
import { createTurns, type InTurn } from '../turns.ts';

export interface KeptProgress {
  folded: Cursor;
  fanouts: Fanout[];
  /** Place in the customers' bucket up to which a copy must be, for the states to be what this says of them. */
  customers: number;
}

interface Kept {
  place: number;
  value: KeptProgress;
}

const nothingYet: Kept = { place: 0, value: { folded: 0, fanouts: [], customers: 0 } };

const moved = ({ folded, fanouts, customers }: KeptProgress, on: Progress, upTo: number): KeptProgress => {
  const told = new Map([...fanouts, ...(on.fanouts ?? [])].map(({ cursor, after }) => [cursor, after]));
  for (const cursor of on.fannedOut ?? []) told.delete(cursor);
  return {
    folded: Math.max(folded, on.folded ?? 0),
    fanouts: [...told].sort(([a], [b]) => a - b).map(([cursor, after]) => ({ cursor, after })),
    customers: Math.max(customers, upTo),
  };
};

export interface ProgressNeeds {
  cluster: Pick<Cluster, 'manager'>;
  names: Pick<Names, 'progress'>;
  publish: Publish;
}

export const createProgress = ({ cluster: { manager }, names, publish }: ProgressNeeds) => {
  /** As they were last written here: mostly nobody else writes. */
  const known = new Map<string, Kept>();
  const lines = new Map<string, InTurn>();
  const subjectOf = (label: string): string => `$KV.${names.progress}.${toToken(label)}`;

  const read = async (label: string): Promise<Kept> => {
    const found = await lastOf(manager, `KV_${names.progress}`, subjectOf(label));
    return found ? { place: found.seq, value: found.json<KeptProgress>() } : nothingYet;
  };

  const keep = async (label: string, on: Progress, upTo: number): Promise<number> => {
    for (let kept = known.get(label) ?? (await read(label)); ; kept = await read(label)) {
      const value = moved(kept.value, on, upTo);
      const data = Buffer.from(JSON.stringify(value));
      const published = await publish({ subject: subjectOf(label), data, expected: kept.place });
      if (published.is === 'late') continue;
      known.set(label, { place: published.seq, value });
      return published.seq;
    }
  };

  return {
    /** Resolves with the place of what says so. @param upTo of the last change that belongs to it */
    keep(label: string, on: Progress, upTo: number): Promise<number> {
      const inTurn = lines.get(label) ?? createTurns(1);
      lines.set(label, inTurn);
      return inTurn(() => keep(label, on, upTo));
    },
  };
};
