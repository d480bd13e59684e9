/**
 * Where the admin key comes from and where it is kept: the address once, then this tab's session and no longer.
 */
import type { Whose } from './whose.ts';

const KEPT = 'openaction_live_key';
const LEFT = 'openaction_live_left';

/** What is opened: one event, one customer or visitor, one campaign, or none. */
export type Place = { event: string } | Whose | { campaign: string } | null;

/** `#key=K` with `event=EID`, `customer=ID`, `visitor=DEVICE` or `campaign=NAME`, either part alone or both. */
export const readAddress = (): { key: string | null; place: Place } => {
  const parts = new URLSearchParams(location.hash.slice(1));
  const kinds = ['event', 'customer', 'visitor', 'campaign'] as const;
  const kind = kinds.find((one) => parts.get(one));
  return { key: parts.get('key'), place: kind ? ({ [kind]: parts.get(kind) } as Place) : null };
};

export const addressOf = (place: Place): string =>
  `${location.pathname}${location.search}${place ? `#${new URLSearchParams(place)}` : ''}`;

/** Replaces the hash without a step in the history: a key must not stay in it, what is opened may. */
export const writeAddress = (place: Place): void => history.replaceState(null, '', addressOf(place));

const storage = (): Storage | undefined => {
  try {
    return sessionStorage;
  } catch {
    // A browser that blocks site data throws at the mere name; the key then lives as long as the page.
    return undefined;
  }
};

export const keptKey = (): string | null => storage()?.getItem(KEPT) ?? null;
export const keepKey = (key: string): void => storage()?.setItem(KEPT, key);
export const forgetKey = (): void => storage()?.removeItem(KEPT);

/** Why a label was left, for the form that asks for the next key. */
export const keepReason = (why: string): void => storage()?.setItem(LEFT, why);
export const takeReason = (): string => {
  const why = storage()?.getItem(LEFT) ?? '';
  storage()?.removeItem(LEFT);
  return why;
};
