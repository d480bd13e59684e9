/**
 * What a frame may decide about the page: which label, which user, whose consent. Everything else that it asks for, it may.
 * The page decides by what it says itself: one that initialises is its own; one that does not (the documentation's host page)
 * leaves that to the first frame that does, and to that frame's origin alone.
 */
import type { InitOptions } from '../api.ts';
import { userId } from '../identity.ts';
import { smarticoError, type Tell } from '../notice.ts';
import type { Settings } from '../options.ts';

export interface Authority {
  /** Starts a page that has not started; the same label again changes nothing. Throws `init_refused`. */
  starts(origin: string, label: string, visitor: boolean | undefined, start: () => void): void;
  /** Whether the frame may say who the page's user is. */
  names(origin: string): boolean;
  /** Throws `identity_refused` unless the frame may speak for the page's user, or says what is so already. */
  speaks(origin: string, user: unknown): void;
}

/**
 * @param may what the page's `data-frames-may` says, if it says anything
 * @param user the page's
 */
export const createAuthority = (
  settings: () => Settings | undefined,
  may: () => unknown,
  user: () => string | null,
  tell: Tell,
): Authority => {
  /** The origin whose frame initialised the page. */
  let starter: string | undefined;
  const names = (origin: string): boolean => {
    const said = may();
    return said === undefined ? starter === origin : `${said}`.split(/[\s,]+/).includes('identify');
  };
  return {
    names,
    starts(origin, label, visitor, start) {
      const present = settings();
      if (!present) {
        start();
        // A label that is none started nothing.
        if (settings()) starter = origin;
        return;
      }
      if (present.label === label && present.visitor === (visitor ?? present.visitor)) return;
      tell('init_refused', `${label}, from ${origin}`);
      const other = present.label === label ? 'in the other mode' : `with another label than ${label}`;
      throw smarticoError('init_refused', `the page is initialised ${other}`);
    },
    speaks(origin, wanted) {
      if (names(origin) || (wanted !== undefined && userId(wanted) === user())) return;
      tell('identity_refused', `${origin}; data-frames-may="identify" lets it`);
      throw smarticoError('identity_refused', 'the page around does not let its frames (data-frames-may="identify")');
    },
  };
};

const isText = (value: unknown): boolean => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const optionsOfAFrame: { [option: string]: (value: unknown) => boolean } = {
  brand_key: isText,
  lang: isText,
  visitor_mode: isFlag,
  debug: isFlag,
  consent: isText,
  gpc: isText,
  suspendOn: (value) => Array.isArray(value) && value.every(isText),
};

/** The page's own to choose: where events go, who else may call, and what runs here. */
const PAGES_OWN = ['collector', 'format', 'sessionToken', 'frames', 'framesMay', 'ancestors', 'sw'];

/** Of a frame's options those that are the platform's to choose, and are what they should be; the others are told. */
export const frameOptions = (options: InitOptions | null | undefined, tell: Tell): InitOptions =>
  Object.fromEntries(
    Object.entries(Object(options) as InitOptions).filter(([name, value]) => {
      if (value === undefined || value === null) return false;
      const fits = Object.hasOwn(optionsOfAFrame, name) ? optionsOfAFrame[name] : undefined;
      if (fits?.(value)) return true;
      if (fits || PAGES_OWN.includes(name)) tell('bad_argument', `init, from a frame: ${name}`);
      return false;
    }),
  );
