/**
 * What a frame hears of the inbox. The page has one ear for new messages and one for the unread count, and both are its own:
 * for each frame the room listens to what the page hears, and asks again.
 */
import type { Ear } from '../../bridge/serving.ts';
import { activityTypes, cids, type InboxPush } from '../../wire/protocol.ts';
import type { InboxMessage } from '../customer-api.ts';
import type { SmarticoError } from '../notice.ts';
import type { Listening } from './frame-calls.ts';
import type { FramesNeeds } from './frames.ts';

interface Asked {
  onUpdate?: unknown;
  [field: string]: unknown;
}

/** The questions of the inbox that have an `onUpdate`, by name, without it: the frame's own is in no ear of the page's. */
export const inboxQuestions = (
  { smartico, identity, tell }: Pick<FramesNeeds, 'smartico' | 'identity' | 'tell'>,
  listening: Pick<Listening, 'on'>,
): { [name: string]: (asked: Asked) => Promise<unknown> } => {
  /** Until the frame gives another for the same. */
  const hear = <Word>(key: string, onUpdate: Ear, heard: (word: Word) => void) => {
    listening.on(key, null, undefined);
    listening.on(key, Object.assign(heard as Ear, { release: onUpdate.release }), undefined);
  };
  const messages =
    (name: 'getInboxMessages' | 'getInboxMessagesWithBodies') =>
    ({ onUpdate, ...query }: Asked): Promise<InboxMessage[]> => {
      /** Messages that the frame was shown, or told of; another customer's are another's. */
      const told = new Set<string>();
      const mark = (guid: string) => `${identity.user()} ${guid}`;
      const shown = (list: InboxMessage[]) => {
        for (const { message_guid } of list) told.add(mark(message_guid));
        return list;
      };
      const update = async (guid: string) => {
        if (told.has(mark(guid))) return;
        told.add(mark(guid));
        try {
          (onUpdate as Ear)(shown(await smartico.api.getInboxMessages(query)));
        } catch (cause) {
          tell((cause as SmarticoError).code, 'inbox update, of a frame', cause);
        }
      };
      const answer: Promise<InboxMessage[]> = smartico.api[name](query);
      // Messages that come together are one update; those that come before the answer wait for it.
      let listed: Promise<unknown> = answer.then(shown, () => {}); // a failure is heard by who asked
      if (typeof onUpdate === 'function')
        hear(`:${cids.engagementPush}`, onUpdate as Ear, ({ activityType, engagement_uid }: InboxPush) => {
          if (activityType === activityTypes.inbox) listed = listed.then(() => update(engagement_uid));
        });
      return answer;
    };
  const unread = ({ onUpdate }: Asked): Promise<number> => {
    const answer = smartico.api.getInboxUnreadCount();
    let last: Promise<unknown> = answer.catch(() => {}); // a failure is heard by who asked
    if (typeof onUpdate === 'function')
      hear(':props_change', onUpdate as Ear, ({ core_inbox_unread_count: count }: { [prop: string]: unknown }) => {
        if (typeof count !== 'number') return;
        // The first count is the answer, and no update of it.
        last = last.then((before) => {
          if (count !== before) (onUpdate as Ear)(count);
          return count;
        });
      });
    return answer;
  };
  return {
    getInboxMessages: messages('getInboxMessages'),
    getInboxMessagesWithBodies: messages('getInboxMessagesWithBodies'),
    getInboxUnreadCount: unread,
  };
};
