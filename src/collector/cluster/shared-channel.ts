/**
 * The channel of a collector that shares its customers with others: a change is told to the pages that are open here, and
 * said to the other collectors for theirs. Which pages those have nobody asks.
 *
 * Nothing is missed for ever. A page joins before its customer is read; whatever this collector's copy of the customers did
 * not have at that time comes into it later, and each document that comes in is held against what the pages here were told:
 * if news of it was lost, or came before the page did, it is told then. So news only makes it sooner.
 */
import { cids, type Push } from '../../wire/protocol.ts';
import type { Channel, News } from '../channel.ts';
import { pushOf, readContent } from '../engagement/content.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import { publicProps } from '../engine/public-props.ts';
import { registered } from '../engine/registered.ts';
import { madeSince, propsNews } from '../page-news.ts';
import type { CustomerKey, StoredState, UserStore } from '../store/user-store.ts';
import type { Pushes } from './pushes.ts';
import { type ToldAhead, toldAhead } from './told-ahead.ts';

export interface Arrivals {
  /** Of the document that the copy has; 0 if there is none. */
  versionHere(label: string, customer: CustomerKey): number;
  /**
   * `arrived` is called for each document of whom `isWatched`, whoever wrote or erased it, in the order of the copy, once it
   * can be read here. @param before what the copy had; it or `after` is there. Returns the end of watching.
   */
  watch(
    isWatched: (label: string, customer: CustomerKey) => boolean,
    arrived: (
      label: string,
      customer: CustomerKey,
      before: StoredState | undefined,
      after: StoredState | undefined,
    ) => void,
  ): () => void;
}

export interface SharedChannelNeeds {
  here: Channel;
  pushes: Pick<Pushes, 'say' | 'listen'>;
  users: Arrivals & Pick<UserStore, 'content'>;
  now: () => number;
  failed: (cause: unknown) => void;
}

/** As somebody was a moment before the first document: what is drawn and looked up then no page has to be told. */
const asRegistered = (label: string, customer: CustomerKey, state: CustomerState): CustomerState => {
  const { user, registered_at, control_group, level, segments } = state;
  const blank = registered({ key: customer, user }, { name: label, gamificationShare: 0 }, registered_at);
  return { ...blank, control_group, level, segments };
};

interface Heard {
  told: ToldAhead;
  stopListening: () => void;
}

export const shareChannel = ({ here, pushes, users, now, failed }: SharedChannelNeeds): Channel => {
  const heard = new Map<string, Heard>();
  const place = (label: string, customer: CustomerKey): string => JSON.stringify([label, customer]);

  const tellHere = (label: string, customer: CustomerKey, news: News): void => {
    if (heard.get(place(label, customer))?.told.hears(news.version)) here.tell(label, customer, news);
  };
  const tellMade = async (label: string, customer: CustomerKey, version: number, made: string[]): Promise<void> => {
    for (const uid of made) {
      const text = await users.content(label, uid);
      if (text !== undefined) here.tell(label, customer, { version, pushes: [pushOf(uid, readContent(text))] });
    }
  };

  users.watch(
    (label, customer) => heard.has(place(label, customer)),
    (label, customer, before, after) => {
      const one = heard.get(place(label, customer));
      if (!one) return;
      const at = now();
      const allOf = (state: CustomerState): Push[] => [{ cid: cids.propsPush, props: publicProps(state, at) }];
      if (!after) {
        const blank = asRegistered(label, customer, { ...before!.state, level: null, segments: {}, registered_at: at });
        if (one.told.erases()) here.tell(label, customer, { version: 0, pushes: allOf(blank) });
        return;
      }
      const { version, state } = after;
      const change = { before: before?.state ?? asRegistered(label, customer, state), after: state };
      const props = propsNews(change, at);
      const made = madeSince(change);
      const untold = one.told.copies(before?.version ?? 0, version, props.length + made.length > 0);
      if (untold === 'nothing') return;
      here.tell(label, customer, { version, pushes: untold === 'all' ? allOf(state) : props });
      tellMade(label, customer, version, made).catch(failed);
    },
  );

  return {
    join(label, customer, line) {
      const key = place(label, customer);
      const leave = here.join(label, customer, line);
      const one = heard.get(key) ?? {
        told: toldAhead(users.versionHere(label, customer)),
        stopListening: pushes.listen(label, customer, (news) => tellHere(label, customer, news)),
      };
      heard.set(key, one);
      one.told.joins();
      return () => {
        leave();
        if (here.pagesHere(label, customer) > 0) return;
        heard.get(key)?.stopListening();
        heard.delete(key);
      };
    },
    tell(label, customer, news) {
      tellHere(label, customer, news);
      pushes.say(label, customer, news);
    },
    mayBeHeard: () => true,
    pagesHere: here.pagesHere,
  };
};
