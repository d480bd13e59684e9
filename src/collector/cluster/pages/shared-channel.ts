/**
 * The channel of a collector that shares its customers with others. Pages that are open here are told of a change when its
 * document comes into the copy here, whoever made it: so nothing is missed for ever, since a page joins before its customer is
 * read, and whatever it hears of it finds when it asks here (a list, a segment, a popup's HTML).
 *
 * A copy may be late. Then pages hear by the news that the collector which made the change has said, and once more with the
 * document: an engagement is shown once whatever is said, and of props the document has the last word.
 */
import { cids, type Push } from '../../../wire/protocol.ts';
import type { Channel, News } from '../../channel.ts';
import { pushOf, readContent } from '../../engagement/content.ts';
import type { CustomerState } from '../../engine/customer-state.ts';
import { publicProps } from '../../engine/public-props.ts';
import { registered } from '../../engine/registered.ts';
import { madeSince, propsNews } from '../../page-news.ts';
import type { CustomerKey, StoredState, UserStore } from '../../store/user-store.ts';
import type { Pushes } from './pushes.ts';

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
  /** Does it after as long as a copy is given for a document; in the order in which it is asked. */
  later?: (work: () => void) => void;
}

/** A customer with pages here. */
interface Heard {
  /** The version that the copy has. */
  copied: number;
  /** The last version of which pages were told before the copy had it; 0: none. */
  early: number;
  stopListening: () => void;
}

const LATE_MS = 500;
const afterPatience = (work: () => void): void => {
  setTimeout(work, LATE_MS).unref();
};

/** As somebody was a moment before the first document: what is drawn and looked up then no page has to be told. */
const asRegistered = (label: string, customer: CustomerKey, state: CustomerState): CustomerState => {
  const { user, registered_at, control_group, level, segments } = state;
  const blank = registered({ key: customer, user }, { name: label, gamificationShare: 0 }, registered_at);
  return { ...blank, control_group, level, segments };
};

export const shareChannel = (needs: SharedChannelNeeds): Channel => {
  const { here, pushes, users, now, failed, later = afterPatience } = needs;
  const heard = new Map<string, Heard>();
  const place = (label: string, customer: CustomerKey): string => JSON.stringify([label, customer]);
  const allOf = (state: CustomerState): Push[] => [{ cid: cids.propsPush, props: publicProps(state, now()) }];

  const tellMade = async (label: string, customer: CustomerKey, version: number, made: string[]): Promise<void> => {
    for (const uid of made) {
      const text = await users.content(label, uid);
      if (text !== undefined) here.tell(label, customer, { version, pushes: [pushOf(uid, readContent(text))] });
    }
  };
  const tellArrived = (
    label: string,
    customer: CustomerKey,
    before: StoredState | undefined,
    { version, state }: StoredState,
  ): void => {
    const one = heard.get(place(label, customer))!;
    const change = { before: before?.state ?? asRegistered(label, customer, state), after: state };
    const isDue = one.early > 0 && version >= one.early;
    one.copied = version;
    if (isDue) one.early = 0;
    // What was told early may be undone by now, in a version that this copy never saw.
    const props = isDue ? allOf(state) : propsNews(change, now());
    here.tell(label, customer, { version, pushes: props });
    tellMade(label, customer, version, madeSince(change)).catch(failed);
  };
  const tellErased = (label: string, customer: CustomerKey, { state }: StoredState): void => {
    const one = heard.get(place(label, customer))!;
    [one.copied, one.early] = [0, 0];
    const nobody = { ...state, level: null, segments: {}, registered_at: now() };
    here.tell(label, customer, { version: 0, pushes: allOf(asRegistered(label, customer, nobody)) });
  };
  users.watch(
    (label, customer) => heard.has(place(label, customer)),
    (label, customer, before, after) => {
      if (after) tellArrived(label, customer, before, after);
      else if (before) tellErased(label, customer, before);
    },
  );

  const isLate = ({ copied }: Heard, { version }: News): boolean => (version === 0 ? copied > 0 : copied < version);
  const hear = (label: string, customer: CustomerKey, news: News): void => {
    const one = heard.get(place(label, customer));
    if (!one || !isLate(one, news)) return;
    later(() => {
      if (heard.get(place(label, customer)) !== one || !isLate(one, news)) return;
      one.early = Math.max(one.early, news.version);
      here.tell(label, customer, news);
    });
  };

  return {
    join(label, customer, line) {
      const key = place(label, customer);
      const leave = here.join(label, customer, line);
      if (!heard.has(key))
        heard.set(key, {
          copied: users.versionHere(label, customer),
          early: 0,
          stopListening: pushes.listen(label, customer, (news) => hear(label, customer, news)),
        });
      return () => {
        leave();
        if (here.pagesHere(label, customer) > 0) return;
        heard.get(key)?.stopListening();
        heard.delete(key);
      };
    },
    /** Its own document is in the copy here, and told, before anybody says so. */
    tell: pushes.say,
    mayBeHeard: () => true,
    pagesHere: here.pagesHere,
  };
};
