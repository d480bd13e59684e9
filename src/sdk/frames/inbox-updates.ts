/**
 * What a frame hears of the inbox. The page has one ear for new messages and one for the unread count, and both are its own:
 * for each frame the room asks again when the page hears of either, and tells the frame what is new to it.
 */
import type { Ear } from '../../bridge/serving.ts';
import { cids } from '../../wire/protocol.ts';
import type { InboxMessage } from '../customer-api.ts';
import type { SmarticoError } from '../notice.ts';
import type { FramesNeeds } from './frames.ts';
import type { Listening } from './listening.ts';

type Found = InboxMessage[] | number;
interface Asked {
  onUpdate?: unknown;
  [field: string]: unknown;
}

/** Questions that take an `onUpdate`, and the page's word after which their answer may be another. */
const CHANGED_BY: { [question: string]: string } = {
  getInboxMessages: `:${cids.engagementPush}`,
  getInboxMessagesWithBodies: `:${cids.engagementPush}`,
  getInboxUnreadCount: ':props_change',
};

/** What is new where it was not there before: a count, or a message, whatever its reader did to it. */
const gist = (found: Found): unknown[] =>
  typeof found === 'number' ? [found] : found.map(({ message_guid }) => message_guid);

/** @returns puts a question of the inbox; of each kind the last `onUpdate` hears, until the frame removes its callbacks */
export const createInboxUpdates =
  ({ smartico, tell }: Pick<FramesNeeds, 'smartico' | 'tell'>, listening: Pick<Listening, 'on'>) =>
  (name: string, asked: unknown): Promise<unknown> | undefined => {
    const key = CHANGED_BY[name];
    if (!key) return undefined;
    const { onUpdate, ...query } = Object(asked) as Asked;
    const ask = () => smartico.api[name]?.(query as never) as Promise<Found>;
    const answer = ask();
    if (typeof onUpdate !== 'function') return answer;
    let last = answer.then(gist, (): unknown[] => []); // a failure is heard by who asked
    let due = false;
    const hear = () => {
      // What comes before the answer waits for it; what comes together is one update.
      if (due) return;
      due = true;
      last = last.then(async (before) => {
        due = false;
        try {
          const found = await ask();
          const now = gist(found);
          if (now.some((one) => !before.includes(one))) onUpdate(found);
          return now;
        } catch (cause) {
          tell((cause as SmarticoError).code, 'inbox update, of a frame', cause);
          return before;
        }
      });
    };
    listening.on(key, null, undefined);
    listening.on(key, Object.assign(hear, { release: (onUpdate as Ear).release }), undefined);
    return answer;
  };
