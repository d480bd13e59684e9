/**
 * What this collector says into the events' stream, and what it hears of that from its own copy: at once where the copy is
 * level, and else not at all.
 */
import { randomUUID } from 'node:crypto';
import type { StepResult } from '../../store/copy-step.ts';
import type { Outcome, Receipt, Submission } from '../../store/event-log.ts';
import { ClusterError } from '../connection.ts';
import type { Names } from '../names.ts';
import type { Publish } from '../publishing.ts';
import type { Followed } from '../stream-follow.ts';
import type { LogCopy } from './copy.ts';
import { encode, type Part, type Piece, piecesOf, type Told } from './message.ts';

export interface SayingNeeds {
  names: Names;
  publish: Publish;
  copy: LogCopy;
  followed: Followed;
  /** Of one message: what the servers take. */
  mostBytes: number;
  /** How long whoever appends waits for the exact answer. */
  worthWaitingMs: number;
}

export interface Saying {
  /** Resolves when a quorum has all of it; `kept` for what the copy has not come to yet. */
  append(group: Submission[]): Promise<Receipt[][]>;
  /** Resolves with what became of it here. */
  order<Result extends StepResult>(told: Exclude<Told, { is: 'said' }>): Promise<Result>;
  /** The newest place at which something of this collector's stands. */
  newest(): number;
  /** Resolves when nothing is on its way any more, whatever became of it. */
  idle(): Promise<void>;
}

/** A copy that is further behind than so many messages does not come to a new one soon. */
const LEVEL = 64;
/** An order may have others before it, and much to take away. */
const ORDER_PATIENCE_MS = 60_000;

interface OnItsWay {
  place: Promise<number>;
  heard: Promise<StepResult>;
}

const partsByLabel = (group: Submission[]): Part[][] => {
  const labels = new Map<string, Part[]>();
  for (const [of, submission] of group.entries()) {
    const parts = labels.get(submission.label) ?? [];
    labels.set(submission.label, parts);
    parts.push({ of, submission });
  }
  return [...labels.values()];
};

export const createSaying = ({ names, publish, copy, followed, mostBytes, worthWaitingMs }: SayingNeeds): Saying => {
  const here = randomUUID();
  let said = 0;
  let newest = 0;
  const underWay = new Set<Promise<number>>();

  const put = async (subject: string, data: Uint8Array, id: string): Promise<number> => {
    const copied = followed.at();
    const published = await publish({ subject, data, id });
    if (published.is === 'late') throw new Error(`${subject} is late where nothing was expected`);
    // Another stream of that name, which no copy follows: what it keeps nobody would see.
    if (published.seq <= copied)
      throw new ClusterError(
        'CLUSTER_DIFFERS',
        `the stream of events takes something at ${published.seq}, and the copy is at ${copied} already`,
      );
    newest = Math.max(newest, published.seq);
    return published.seq;
  };
  const say = (subject: string, told: Told, data: Uint8Array): OnItsWay => {
    const id = `${here}.${++said}`;
    const heard = new Promise<StepResult>((done) => copy.expect(id, { told, done }));
    const place = put(subject, data, id);
    underWay.add(place);
    const over = (): void => void underWay.delete(place);
    // Whoever said it is told of its failure; what waits for its place does not.
    place.then(over, () => {
      over();
      copy.forget(id);
    });
    return { place, heard };
  };

  const sayPiece = ({ parts, data }: Piece): OnItsWay => {
    const group = parts.map(({ submission }) => submission);
    return say(names.said(group[0]!.label), { is: 'said', group, blanks: [] }, data);
  };
  /** For those that have nobody who waits to hear. */
  const putPiece = async ({ parts, data }: Piece): Promise<void> => {
    await put(names.said(parts[0]!.submission.label), data, `${here}.${++said}`);
  };

  /** Of what was said here the copy may not even know yet. */
  const isLevel = (): boolean => Math.max(followed.behind(), newest - followed.at()) < LEVEL;
  const heardInTime = async (pieces: OnItsWay[]): Promise<(Outcome[][] | undefined)[]> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, worthWaitingMs, undefined);
    });
    try {
      return (await Promise.all(pieces.map(({ heard }) => Promise.race([heard, late])))) as (Outcome[][] | undefined)[];
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async append(group) {
      const pieces = partsByLabel(group).flatMap((parts) => piecesOf(parts, mostBytes));
      let results: (Outcome[][] | undefined)[] = [];
      if (isLevel()) {
        const all = pieces.map(sayPiece);
        await Promise.all(all.map(({ place }) => place));
        results = await heardInTime(all);
      } else await Promise.all(pieces.map(putPiece));
      const receipts: Receipt[][] = group.map(() => []);
      for (const [at, { parts }] of pieces.entries())
        for (const [n, { of, submission }] of parts.entries())
          receipts[of]!.push(...(results[at]?.[n] ?? submission.events.map(() => 'kept' as const)));
      return receipts;
    },
    async order<Result extends StepResult>(told: Exclude<Told, { is: 'said' }>) {
      const { place, heard } = say(names.ordered(told.label), told, encode(told));
      await followed.reached(await place, ORDER_PATIENCE_MS);
      return (await heard) as Result;
    },
    newest: () => newest,
    async idle() {
      await Promise.allSettled(underWay);
    },
  };
};
