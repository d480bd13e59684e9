/**
 * Whose turn it is to follow a label: one process's at a time. Where there is but one process it follows every label for as
 * long as it runs; over a cluster, `cluster/holding/holders.ts` decides among those that are there.
 *
 * Two that follow one label at once for a moment harm no state: who changes a customer must have seen their last version,
 * and the state knows what is in it. What cannot be taken back (a message that goes out, a place that is passed)
 * asks `isHeld` right before.
 */

export interface Turns {
  /** From now on the label is followed here. */
  take(label: string): void;
  /** Resolves when nothing of the label is under way here; not taken again before that. */
  leave(label: string): Promise<void>;
}

export interface Holding {
  /** Whether other processes follow, send and store over the same log. */
  readonly among: 'nobody' | 'others';
  begin(turns: Turns): void;
  /** The labels of the config in force; each is to be followed by somebody. */
  want(labels: readonly string[]): void;
  isHeld(label: string): boolean;
  /** Resolves when every label was left, and others may take them. */
  close(): Promise<void>;
}

/** Of the only process there is. */
export const holdingAlone = (): Holding => {
  const held = new Set<string>();
  let turns: Turns = { take: () => {}, leave: async () => {} };
  const leave = (label: string): Promise<void> => {
    held.delete(label);
    return turns.leave(label);
  };
  const going = new Set<Promise<void>>();
  return {
    among: 'nobody',
    begin(begun) {
      turns = begun;
    },
    want(labels) {
      for (const label of held) {
        if (labels.includes(label)) continue;
        const gone = leave(label).finally(() => going.delete(gone));
        going.add(gone);
      }
      for (const label of labels) {
        if (held.has(label)) continue;
        held.add(label);
        turns.take(label);
      }
    },
    // What is still under way of a label that the config lost has nobody to fear.
    isHeld: () => true,
    async close() {
      await Promise.all([...going, ...[...held].map(leave)]);
    },
  };
};

/** What only its holder may do was about to be done by somebody who holds the label no more: whoever holds it now does it. */
export class HeldElsewhere extends Error {
  constructor(label: string) {
    super(`"${label}" is followed elsewhere`);
    this.name = 'HeldElsewhere';
  }
}
