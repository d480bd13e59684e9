/**
 * A customer taken out of the stream itself. Which messages say something of them a copy knows when it comes to the order;
 * what remains of each is put where whoever copies the stream finds it, and then the message is deleted and overwritten.
 * Every collector does this for itself: whoever is late finds it done, and whoever is interrupted begins again here.
 */
import { JetStreamApiError } from '@nats-io/jetstream';
import { userCustomer } from '../../engine/customer-key.ts';
import { blankOf, blankRecord, isBlank } from '../../store/blank.ts';
import type { Blank } from '../../store/copy-step.ts';
import type { Erasable, NewEvent, Submission } from '../../store/event-log.ts';
import { asClusterError, type Cluster } from '../connection.ts';
import type { Names } from '../names.ts';
import { decode, type Said } from './message.ts';
import type { Group, Rewritten } from './rewritten.ts';

/** A message that says something of somebody who was erased. */
export interface Unclean {
  place: number;
  /** Place of the order. */
  erased: number;
  whose: Erasable;
}

const isUser = (user: string | null, whose: Erasable): boolean => {
  if (user === null || !('user' in whose)) return false;
  const keyOf = (one: string): string => userCustomer(one, !whose.anyCase).key;
  return keyOf(user) === keyOf(whose.user);
};
const isOf = (event: NewEvent, device: string | null, whose: Erasable): boolean =>
  'visitor' in whose
    ? !isBlank(event) && event.user_ext_id === null && !event.system && device === whose.visitor
    : isUser(event.user_ext_id, whose);

/** What stood elsewhere before has places of its own, and needs no blanks to keep them. */
const withoutStood = (submission: Submission, whose: Erasable): Submission => {
  const { stood, events, device_id } = submission;
  if (!stood) return submission;
  const stays = events.map((event) => !isOf(event, device_id, whose));
  if (stays.every(Boolean)) return submission;
  return {
    ...submission,
    events: events.filter((_, n) => stays[n]),
    stood: { ...stood, cursors: stood.cursors.filter((_, n) => stays[n]) },
  };
};

/** What is left of a group; `undefined`: nothing in it was theirs. Pure. */
const withBlanks = (said: Said, erased: number, whose: Erasable): Said | undefined => {
  const blanks: Blank[] = [];
  let n = -1;
  let isChanged = false;
  const group = said.group.map((one) => {
    const submission = withoutStood(one, whose);
    const events = submission.events.map((event) => {
      if (submission.stood) return event;
      n++;
      if (!isOf(event, submission.device_id, whose)) return event;
      blanks.push([n, erased]);
      return blankOf(event);
    });
    const rejected = submission.rejected.map((record) =>
      isUser(record.user_ext_id, whose) ? blankRecord(record) : record,
    );
    isChanged ||= submission !== one || rejected.some((record, at) => record !== submission.rejected[at]);
    return { ...submission, events, rejected };
  });
  return isChanged || blanks.length > 0 ? { ...said, group, blanks: [...said.blanks, ...blanks] } : undefined;
};

/** The servers have several codes for it, and one of them for other things too. */
const STREAM_NOT_FOUND = 10_059;
const isGone = (cause: unknown): boolean =>
  cause instanceof JetStreamApiError &&
  cause.code !== STREAM_NOT_FOUND &&
  /not found|no message found/.test(cause.message);

export const createCleaning = ({ manager }: Pick<Cluster, 'manager'>, names: Names, rewritten: Rewritten) => {
  const remove = async (place: number): Promise<void> => {
    try {
      await manager.streams.deleteMessage(names.events, place, true);
    } catch (cause) {
      // Another collector was here.
      if (!isGone(cause)) throw asClusterError(cause);
    }
  };
  const original = async (place: number): Promise<Group | undefined> => {
    try {
      const message = await manager.streams.getMessage(names.events, { seq: place });
      return message ? { said: decode(message.data, place) as Said, time: message.time.getTime() } : undefined;
    } catch (cause) {
      if (isGone(cause)) return undefined;
      throw asClusterError(cause);
    }
  };
  const rewrite = async ({ place, erased, whose }: Unclean): Promise<'done' | 'again'> => {
    const inStream = await original(place);
    // Looked for second: whoever deletes a message has put this down before.
    const kept = await rewritten.at(place);
    const group = kept ?? inStream;
    const said = group && withBlanks(group.said, erased, whose);
    if (said && !(await rewritten.put(place, { said, time: group.time }, kept?.revision ?? 0))) return 'again';
    if (inStream && (said || kept)) await remove(place);
    return 'done';
  };

  /** Resolves when the stream says nothing more of them at this place. */
  return async (one: Unclean): Promise<void> => {
    while ((await rewrite(one)) === 'again');
  };
};
