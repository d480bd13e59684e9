/**
 * Whether this visitor may be reported on, and where text is kept until that is known: in memory, nowhere else. Owns the
 * answer and remembers it. Without a requirement nobody needs to answer, but a refusal holds all the same.
 */
import { type Platform, type TextStore, textStore } from './platform.ts';

export interface Consent {
  given(): boolean;
  refused(): boolean;
  /** The page asks first: without an answer, what is on disk already goes back to memory. */
  require(): void;
  /** `true`: what was kept in memory goes to disk. `false`: what is on disk goes. */
  set(yes: boolean): void;
  /** The answer of an earlier page; not asked while a page loads, since the first look at storage is slow. */
  recall(): boolean;
  /** The browser's stores, behind the answer. */
  local: TextStore;
  session: TextStore;
}

/** Global Privacy Control. */
export const browserRefuses = ({ navigator }: Window): boolean =>
  (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;

/** Whether the page asks first, by what its script tag, its window or `init` says. */
export const asksFirst = (root: Window, consent: unknown, gpc?: unknown): boolean =>
  consent === 'required' || (gpc === 'honor' && browserRefuses(root));

/**
 * @param prefix of every key of ours
 * @param required as it is known from the start: the script tag or the browser says so
 * @param elsewhere another tab was given the answer
 */
export const createConsent = (
  platform: Platform,
  prefix: string,
  required: boolean,
  elsewhere: (given: boolean) => void,
): Consent => {
  const key = `${prefix}consent`;
  let answer: string | null | undefined;
  const recall = () => {
    answer ??= platform.local.get(key);
    return answer ? answer === 'yes' : !required;
  };
  const given = () => (required || answer ? recall() : true);
  /** What each store does with an answer, and with the question. */
  const settle: ((answer: 'yes' | 'no' | 'asked') => void)[] = [];
  const behind = (real: TextStore): TextStore => {
    let memory = textStore(() => undefined);
    const store = () => (given() ? real : memory);
    settle.push((word) => {
      const [from, to] = word === 'yes' ? [memory, real] : [real, word === 'asked' ? memory : undefined];
      // The answer itself stays: another tab may have written it just now.
      for (const name of from.keys(prefix).filter((one) => one !== key)) {
        to?.set(name, `${from.get(name)}`);
        from.remove(name);
      }
      if (word === 'no') memory = textStore(() => undefined);
    });
    return {
      get: (name) => store().get(name),
      set: (name, value) => store().set(name, value),
      remove: (name) => store().remove(name),
      keys: (start) => store().keys(start),
    };
  };
  const hear = (word: 'yes' | 'no') => {
    for (const one of settle) one(word);
    answer = word;
  };
  platform.root.addEventListener('storage', ({ key: changed, newValue }) => {
    if (changed !== key || !newValue) return;
    hear(newValue === 'yes' ? 'yes' : 'no');
    elsewhere(given());
  });
  return {
    given,
    refused: () => answer === 'no',
    recall,
    require() {
      required = true;
      if (!given()) for (const one of settle) one('asked');
    },
    set(yes) {
      hear(yes ? 'yes' : 'no');
      platform.local.set(key, `${answer}`);
    },
    local: behind(platform.local),
    session: behind(platform.session),
  };
};
