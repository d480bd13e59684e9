/**
 * What a frame did, made good by the page: once for each id, for the user it was meant for, as the event that it is. Owns
 * which ids were here and who was the user when; what a frame says is unknown until it has passed here.
 */
import { isEventId } from '../../wire/ids.ts';
import { actionCall, type Call, eventCall } from '../calls.ts';
import { userId } from '../identity.ts';
import { parseJson } from '../json.ts';
import { smarticoError } from '../notice.ts';
import type { FramesNeeds } from './frames.ts';
import type { Deed } from './news.ts';

/** Ids that are remembered: more than frames can have on their way. */
const REMEMBERED = 20_000;
/** And of calls of the page, by its next document too: a tab that goes elsewhere takes their frame along before it heard. */
const CARRIED = 100;

/** Deeds that are calls of the page, as they are. */
const calls = [
  'dp',
  'updatePublicTags',
  'setNickname',
  'setAvatar',
  'setUTMs',
  'setLoginEntry',
  'setEntryPoint',
] as const;
type PageCall = (typeof calls)[number];

export interface Deeds {
  /**
   * Does it, unless it was here before. Throws with the reason why it cannot.
   * @param names whether the frame may say who the page's user is: then it may of an event that is older than the page, too
   */
  take(id: unknown, text: unknown, names: boolean): void;
  /** Frames are told who the user is: what they do under this one stays theirs. */
  know(): void;
}

export const createDeeds = (needs: FramesNeeds): Deeds => {
  const { name, smartico, settings, identity, session, tab, record, tell } = needs;
  const key = `${name}:deeds`;
  let carried = (tab.get(key) ?? '').split(' ');
  const here = new Set(carried);
  /** The users of this page so far, with what vouched for each. */
  const users = new Map<string | null, string | undefined>([[null, undefined]]);
  const everybodyVisits = () => settings()?.visitor === true;
  const know = () => void users.set(identity.user(), identity.hash());

  /** Nothing for the present user, or whoever it was meant for; a user that this page never had is nobody. */
  const meant = (user: unknown, names: boolean) => {
    if (user === undefined || everybodyVisits() || user === identity.user()) return {};
    const known = users.has(user as string) || names ? userId(user) : null;
    return { user_ext_id: known, hash: users.get(known) };
  };
  const callOf = ({ method, args: [name, payload] }: Deed): Call | undefined =>
    method === 'action' ? actionCall(name, payload, tell) : eventCall(name, payload, tell);

  return {
    know,
    take(id, text, names) {
      if (!isEventId(id)) throw smarticoError('bad_argument', 'take: an id of 8 to 64 characters');
      if (here.has(id)) return;
      const deed = readDeed(text);
      if (!deed) throw smarticoError('bad_argument', 'take: a deed');
      know();
      const { method, args, user, event_date, page_id, seq } = deed;
      const call = calls.find((one) => one === method) as PageCall | undefined;
      if (call) {
        if (Object.keys(meant(user, names)).length)
          throw smarticoError('not_identified', `${method}: the user changed`);
        (smartico as unknown as Record<PageCall, (...args: unknown[]) => void>)[call](...args);
        carried = [...carried, id].slice(-CARRIED);
        tab.set(key, carried.join(' '));
      } else {
        const made = { eid: id, event_date, session_id: session(), page_id, seq, ...meant(user, names) };
        if (!record(callOf(deed), made))
          throw smarticoError(needs.forbidden() ?? 'bad_argument', `${method}: the page's console says why`);
      }
      here.add(id);
      if (here.size > REMEMBERED) here.delete(here.values().next().value as string);
    },
  };
};

/** A frame's text, or the row of a stub in one, as a deed; `undefined` for what is none. */
export const readDeed = (text: unknown): Deed | undefined => {
  const row = Object(parseJson(`${text}`)) as Partial<Deed> & { [name: string]: unknown };
  const { user_ext_id: user, event_type, payload } = row;
  const deed = event_type === undefined ? row : { ...row, method: 'event', args: [event_type, payload], user };
  const { method, args, event_date, page_id, seq } = deed as Deed;
  const known = method === 'action' || method === 'event' || calls.some((one) => one === method);
  if (!known || !Array.isArray(args)) return undefined;
  if (!Number.isSafeInteger(event_date) || !isEventId(page_id) || !Number.isSafeInteger(seq)) return undefined;
  return deed as Deed;
};
