/**
 * What collectors say and hear in the holders' bucket: short words that are worth nothing a few seconds later, so none is
 * said twice. That the others cannot be told is told to the operator once, until they can be again.
 */
import type { JsMsg } from '@nats-io/jetstream';
import type { Logger } from 'pino';
import { storeFaultText } from '../../store/store-fault.ts';
import { asClusterError, type Cluster } from '../connection.ts';
import { idOver, isUnderWay, winnerIn } from '../publishing.ts';
import type { Held, HoldersSeen, Present } from './holders-seen.ts';

/** `late`: another word under its key was faster. `unheard`: nobody knows whether it was heard. */
export type Said = { is: 'said'; place: number } | { is: 'late'; winner: number } | { is: 'unheard' };

export interface HoldersWords {
  /** @param expected place of the last word under the key; 0: there is none */
  say(key: string, word: Present | Held, expected?: number): Promise<Said>;
  hear(messages: JsMsg[]): void;
  /** What is tried again; told once, until a word is said. */
  failed(cause: unknown, what?: string): void;
}

export interface WordsNeeds {
  cluster: Pick<Cluster, 'jetstream'>;
  bucket: string;
  seen: HoldersSeen;
  logger: Pick<Logger, 'warn'>;
  patienceMs: number;
}

export const holdersWords = ({ cluster, bucket, seen, logger, patienceMs }: WordsNeeds): HoldersWords => {
  const prefix = `$KV.${bucket}.`;
  let trouble: 'none' | 'told' = 'none';
  const failed = (cause: unknown, what = 'the other collectors cannot be told which labels are held here'): void => {
    if (trouble === 'none') logger.warn(`${what}: ${storeFaultText(asClusterError(cause))}`);
    trouble = 'told';
  };
  return {
    failed,
    async say(key, word, expected) {
      const subject = prefix + key;
      const over =
        expected === undefined ? {} : { msgID: idOver(subject, expected), expect: { lastSubjectSequence: expected } };
      try {
        const { seq, duplicate } = await cluster.jetstream.publish(subject, JSON.stringify(word), {
          timeout: patienceMs,
          ...over,
        });
        trouble = 'none';
        return duplicate ? { is: 'late', winner: seq } : { is: 'said', place: seq };
      } catch (cause) {
        const winner = winnerIn(cause);
        if (winner !== undefined) return { is: 'late', winner };
        // The word of another, which is heard of soon.
        if (!isUnderWay(cause)) failed(cause);
        return { is: 'unheard' };
      }
    },
    hear(messages) {
      for (const message of messages)
        try {
          seen.take(message.subject.slice(prefix.length), message.seq, message.string());
        } catch (cause) {
          // No word of a collector's: it ends by itself, and holds up none that is.
          failed(cause);
        }
    },
  };
};
