/**
 * What the collector sends to the customer, each once: a popup to the drawing room, a message to the inbox, a link to run.
 * The collector delivers what is pending at every identify; what this browser has shown is remembered until the user changes.
 */
import { activityTypes, cids, type PopupPush, type Push } from '../../wire/protocol.ts';
import { parseJson, stringify } from '../json.ts';
import type { TextStore } from '../platform.ts';

/** Engagements that a browser remembers; the collector knows the rest. */
const KEPT = 200;

export type Report = 'impression' | 'action' | 'failed';

export interface EngagementNeeds {
  store: TextStore;
  key: string;
  record(type: string, payload: object): unknown;
  /** Nobody looks at this page. */
  hidden(): boolean;
  openLink(link: string): void;
  popup(push: PopupPush): void;
  props(changed: object): void;
}

export interface Engagements {
  heard(push: Push): void;
  /** Durably, once for each engagement and kind. */
  report(what: Report, uid: string, activityType: number, action?: string): void;
  /** Whether a link came that nobody looked at; asked once. */
  missed(): boolean;
  /** Another user. */
  forget(): void;
}

export const createEngagements = (needs: EngagementNeeds): Engagements => {
  const { store, key, record } = needs;
  let missed = false;
  /** Other tabs write here too. */
  const seen = () => ([] as unknown[]).concat(parseJson(store.get(key)) ?? []);
  /** Whether it is the first time. */
  const once = (what: string) => {
    const known = seen();
    if (known.includes(what)) return false;
    store.set(key, stringify([...known, what].slice(-KEPT)));
    return true;
  };
  const report: Engagements['report'] = (what, engagement_uid, activityType, action) => {
    if (once(`${what} ${engagement_uid} ${action ?? ''}`))
      record(`engagement_${what}`, { engagement_uid, activityType, action });
  };
  return {
    report,
    heard(push) {
      if (push.cid === cids.propsPush) return needs.props(Object(push.props));
      const { engagement_uid: uid } = push;
      if (push.cid === cids.deepLinkPush) {
        // The page in front takes it; without one it stays pending, and is asked for again by the first that comes there.
        missed ||= needs.hidden();
        if (needs.hidden() || !once(`link ${uid}`)) return;
        needs.openLink(`${Object(push.payload).dp}`);
        report('impression', uid, activityTypes.deepLink);
      } else if (push.cid === cids.engagementPush && push.activityType === activityTypes.popup)
        if (push.popup && !seen().includes(`impression ${uid} `)) needs.popup(push);
    },
    missed() {
      const was = missed;
      missed = false;
      return was;
    },
    forget: () => store.remove(key),
  };
};
