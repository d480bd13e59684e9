/**
 * Holding over a cluster: each label is followed by one collector of those that are there. A collector says every now and then
 * that it is there, and writes its name under each label that it holds, by the last version of that key; keys which nobody writes
 * again end by themselves. So a label whose holder was killed is free when its key has ended, and one whose holder was
 * frozen or cut off is, too: the holder gives it up by its own clock, before the servers do.
 *
 * 1. Whoever should hold a label (`rendezvous.ts`) claims it when nobody does.
 * 2. It is followed when everything that anybody stored until then is in the copies here.
 * 3. Whoever holds it and should not any more leaves it when what is under way is stored, and then lets it go.
 *
 * The servers' clocks may differ by `margin` between them; two holders at once would harm no state (`following/holding.ts`).
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createChore } from '../../following/chore.ts';
import type { Holding, Turns } from '../../following/holding.ts';
import type { Cluster } from '../connection.ts';
import type { Names } from '../names.ts';
import { HOLDERS_TTL_MS } from '../setup.ts';
import { type Followed, followStream } from '../stream-follow.ts';
import { heldKey, holdersSeen, presentKey } from './holders-seen.ts';
import { holdersWords } from './holders-words.ts';
import { passedTime } from './passed-time.ts';
import { shouldHold } from './rendezvous.ts';

export interface HoldingNeeds {
  cluster: Cluster;
  names: Pick<Names, 'holders'>;
  /** Resolves when whatever anybody stored before is in the copies here, of the log and of the customers. */
  level: () => Promise<void>;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** Of this run of this process, and of no other. */
  id?: string;
  times?: Times;
  passed?: () => number;
}

export interface Times {
  /** Between two words of one who is there. */
  beatMs: number;
  /** After that long without an acknowledged word a holder holds nothing any more. */
  giveUpMs: number;
  /** What the bucket makes of its keys. */
  lastsMs: number;
}
/** A third of the time that a key lasts is margin: for clocks of the servers that differ, and for a step that is being stored. */
const TIMES: Times = { beatMs: 1_500, giveUpMs: 4_500, lastsMs: HOLDERS_TTL_MS };
const LOOK_MS = 500;

/** A label under whose key this collector's name stands. */
interface Mine {
  /** `claimed`: the copies here are not level yet. `left`: nothing of it is under way here, and others are yet to be told. */
  is: 'claimed' | 'held' | 'leaving' | 'left';
  /** Of its key. */
  place: number;
  /** Before the last word that was acknowledged was said. */
  sureAt: number;
}

export const createHolding = (needs: HoldingNeeds): Holding => {
  const { cluster, names, level, logger, times = TIMES, passed = passedTime() } = needs;
  const { id = `${hostname()}-${randomBytes(6).toString('base64url')}` } = needs;
  const seen = holdersSeen(passed, times.lastsMs);
  const { say, hear, failed } = holdersWords({
    cluster,
    bucket: names.holders,
    seen,
    logger,
    patienceMs: times.beatMs,
  });
  const mine = new Map<string, Mine>();
  const leaving = new Map<string, Promise<void>>();
  let state: 'new' | 'there' | 'going' = 'new';
  let turns: Turns = { take: () => {}, leave: async () => {} };
  let wanted: readonly string[] = [];
  let saidAt = -Infinity;
  let watching: Followed | undefined;
  let looking: NodeJS.Timeout | undefined;

  const isSure = ({ sureAt }: Mine): boolean => passed() - sureAt < times.giveUpMs;
  const isDue = (at: number): boolean => passed() - at >= times.beatMs;
  const isMineToHold = (label: string): boolean =>
    state === 'there' &&
    wanted.includes(label) &&
    shouldHold(label, [...new Set([...seen.presentFor(label), id])]) === id;
  /** A word of ours that was not acknowledged may have been heard. */
  const isFree = (label: string): boolean => [undefined, null, id].includes(seen.holderOf(label)?.by);

  const goneFrom = (label: string): Promise<void> => {
    const gone = turns.leave(label).finally(() => leaving.delete(label));
    leaving.set(label, gone);
    return gone;
  };
  const lose = (label: string, { is }: Mine): void => {
    mine.delete(label);
    logger.warn({ label }, 'the label is held here no more: the cluster was not reached in time, or another took it');
    if (is === 'held') void goneFrom(label);
  };
  const leave = async (label: string, one: Mine): Promise<void> => {
    if (one.is === 'held') {
      one.is = 'leaving';
      await goneFrom(label);
    }
    one.is = 'left';
    look.wake();
  };

  const sayPresent = async (): Promise<void> => {
    if (!isDue(saidAt)) return;
    const began = passed();
    const said = await say(presentKey(id), { labels: state === 'there' ? [...wanted] : [] });
    if (said.is === 'said') saidAt = began;
  };
  const sayHeld = async (label: string, one: Mine): Promise<void> => {
    const isLeft = one.is === 'left';
    if (!isLeft && !isDue(one.sureAt)) return;
    const began = passed();
    const said = await say(heldKey(label), { by: isLeft ? null : id }, one.place);
    if (said.is === 'unheard') return;
    if (said.is === 'said') {
      Object.assign(one, { place: said.place, sureAt: began });
      if (!isLeft) return;
      mine.delete(label);
      logger.info({ label }, 'the label is free to be followed by another collector');
      return;
    }
    const holder = seen.holderOf(label);
    // A word of ours whose acknowledgement was lost; it is said again.
    if (holder?.by === id && holder.place === said.winner) one.place = said.winner;
    else lose(label, one);
  };

  const follow = async (label: string, one: Mine): Promise<void> => {
    const isStillClaimed = (): boolean => mine.get(label) === one && one.is === 'claimed';
    while (isStillClaimed())
      try {
        await level();
        break;
      } catch (cause) {
        failed(cause, 'no label is taken here before the copies are level with the cluster');
        await pause(LOOK_MS);
      }
    if (!isStillClaimed() || !isSure(one)) return;
    one.is = 'held';
    logger.info({ label, collector: id }, 'the label is followed here');
    turns.take(label);
  };
  const claim = async (label: string): Promise<void> => {
    const began = passed();
    const said = await say(heldKey(label), { by: id }, seen.holderOf(label)?.place ?? 0);
    if (said.is === 'late' && said.winner === 0) seen.ended(label);
    if (said.is !== 'said') return;
    const one: Mine = { is: state === 'there' ? 'claimed' : 'left', place: said.place, sureAt: began };
    mine.set(label, one);
    void follow(label, one);
  };

  const look = createChore(async () => {
    if (state === 'new') return;
    for (const [label, one] of mine) if (!isSure(one)) lose(label, one);
    await Promise.all([sayPresent(), ...[...mine].map(([label, one]) => sayHeld(label, one))]);
    for (const [label, one] of mine)
      if ((one.is === 'held' || one.is === 'claimed') && !isMineToHold(label)) void leave(label, one);
    const free = wanted.filter((label) => !mine.has(label) && !leaving.has(label) && isFree(label));
    await Promise.all(free.filter(isMineToHold).map(claim));
  }, failed);

  /** Whose copies are not level would keep a label from those who could follow it. */
  const comeWhenLevel = async (): Promise<void> => {
    while (state === 'new')
      try {
        await level();
        if (state === 'new') state = 'there';
      } catch (cause) {
        failed(cause, 'no label is taken here before the copies are level with the cluster');
        await pause(LOOK_MS);
      }
    look.wake();
  };

  return {
    among: 'others',
    begin(begun) {
      turns = begun;
      watching = followStream({
        cluster,
        stream: `KV_${names.holders}`,
        from: 0,
        async apply(messages) {
          hear(messages);
          look.wake();
        },
        failed,
      });
      looking = setInterval(look.wake, LOOK_MS);
      void comeWhenLevel();
    },
    want(labels) {
      wanted = labels;
      saidAt = -Infinity;
      look.wake();
    },
    isHeld(label) {
      const one = mine.get(label);
      return one !== undefined && (one.is === 'held' || one.is === 'leaving') && isSure(one);
    },
    async close() {
      state = 'going';
      saidAt = -Infinity;
      await Promise.all([...mine].map(([label, one]) => leave(label, one)));
      await Promise.all(leaving.values());
      // Where the servers are gone each word takes longer than the next look is away.
      clearInterval(looking);
      look.wake();
      await look.settled();
      await look.close();
      await watching?.close();
    },
  };
};
