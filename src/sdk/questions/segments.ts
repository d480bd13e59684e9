/**
 * Whether the customer is in a segment. Questions of one tick travel as one request, and an answer is kept until
 * something about the customer changes.
 */
import { NAME_LENGTH } from '../../wire/limits.ts';
import { cids, type SegmentMatch } from '../../wire/protocol.ts';
import type { Ask } from '../live/live.ts';
import { textOf } from '../text.ts';

type SegmentId = SegmentMatch['segment_id'];

export interface Segments {
  /** One answer a segment, whatever repeats; a segment that nobody knows does not match. */
  match(segments: SegmentId | SegmentId[]): Promise<SegmentMatch[]>;
  /** Something changed: what was answered need not be so any more. */
  forget(): void;
}

/**
 * @param ready when the collector knows who is asking: until then questions are gathered
 * @param unknown hears of a segment that the label does not define
 */
export const createSegments = (
  ask: Ask,
  ready: () => Promise<unknown>,
  unknown: (segment: string) => void,
): Segments => {
  let known = new Map<string, Promise<boolean>>();
  let gathering: { ids: Set<SegmentId>; matching: Promise<Set<string>> } | undefined;

  const gather = () => {
    const ids = new Set<SegmentId>();
    const matching = new Promise((resolve) => setTimeout(resolve))
      .then(ready)
      .finally(() => {
        gathering = undefined;
      })
      .then(() => ask(cids.segments, { segment_id: [...ids] }))
      .then(({ segments }) => {
        const answers = segments as SegmentMatch[];
        for (const { segment_id, is_unknown } of answers) if (is_unknown) unknown(`${segment_id}`);
        const matches = answers.filter(({ is_matching }) => is_matching);
        return new Set(matches.map(({ segment_id }) => `${segment_id}`));
      });
    return { ids, matching };
  };
  const isIn = (id: SegmentId): Promise<boolean> => {
    const answers = known;
    const name = `${id}`;
    const kept = answers.get(name);
    if (kept) return kept;
    gathering ??= gather();
    gathering.ids.add(id);
    const answer = gathering.matching.then((matching) => matching.has(name));
    // A failure is the asker's to hear; the next question asks anew.
    answer.catch(() => answers.delete(name));
    answers.set(name, answer);
    return answer;
  };

  return {
    match(segments) {
      const ids = new Map([segments].flat().map((id) => [textOf(id, NAME_LENGTH), id]));
      ids.delete('');
      return Promise.all(
        [...ids.values()].map(async (segment_id) => ({ segment_id, is_matching: await isIn(segment_id) })),
      );
    },
    forget() {
      known = new Map();
    },
  };
};
