/** Whose turn a label is among followings over the same stores, moved by hand: no test waits for a key to end. */
import type { Holding, Turns } from '../../src/collector/following/holding.ts';

export interface Seat {
  holding: Holding;
  /** It holds nothing from now on and was not told, as a process that wakes up late. */
  overtake(): void;
  /** It is told. */
  tell(): Promise<void>;
}

export const holdingTable = () => {
  const seatOf = () => {
    const held = new Set<string>();
    const untold = new Set<string>();
    let turns: Turns = { take: () => {}, leave: async () => {} };
    const holding: Holding = {
      among: 'others',
      begin(begun) {
        turns = begun;
      },
      want: () => {},
      isHeld: (label) => held.has(label),
      close: () => leaveAll(),
    };
    const leave = async (label: string): Promise<void> => {
      await turns.leave(label);
      held.delete(label);
    };
    const leaveAll = async (): Promise<void> => {
      await Promise.all([...held].map(leave));
    };
    return {
      holding,
      take(label: string) {
        held.add(label);
        turns.take(label);
      },
      leave,
      overtake() {
        for (const label of held) untold.add(label);
        held.clear();
      },
      async tell() {
        for (const label of untold) await turns.leave(label);
        untold.clear();
      },
    };
  };
  type OwnSeat = ReturnType<typeof seatOf>;
  const seats = new Map<Seat, OwnSeat>();
  const holders = new Map<string, OwnSeat>();

  return {
    seat(): Seat {
      const own = seatOf();
      seats.set(own, own);
      return own;
    },
    /** The one that holds it leaves it first, where it holds it still. */
    async give(label: string, to: Seat): Promise<void> {
      const [holder, next] = [holders.get(label), seats.get(to)!];
      if (holder === next && next.holding.isHeld(label)) return;
      if (holder?.holding.isHeld(label)) await holder.leave(label);
      // Nobody takes a label again before it was left.
      await next.tell();
      holders.set(label, next);
      next.take(label);
    },
  };
};
