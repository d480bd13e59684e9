/**
 * Where the admin key comes from and where it is kept: the address once, then this tab's session and no longer.
 */
const KEPT = 'openaction_live_key';
const LEFT = 'openaction_live_left';

/** `#key=K&event=EID`, either part alone or both. */
export const readAddress = (): { key: string | null; event: string | null } => {
  const parts = new URLSearchParams(location.hash.slice(1));
  return { key: parts.get('key'), event: parts.get('event') };
};

/** Replaces the hash without a step in the history: a key must not stay in it, an opened event may. */
export const writeAddress = (event: string | null): void => {
  const hash = event ? `#event=${encodeURIComponent(event)}` : '';
  history.replaceState(null, '', `${location.pathname}${location.search}${hash}`);
};

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
