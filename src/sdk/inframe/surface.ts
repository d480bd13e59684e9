/**
 * The calls of `_smartico_inframe`: the published names, each sent to the page around in the way that suits it. What must not
 * be lost is a deed; what is synchronous is answered from the page's news; everything else is a call across.
 */
import type { Caller, Kind } from '../../bridge/calling.ts';
import { NAME_LENGTH } from '../../wire/limits.ts';
import type { InitOptions, Smartico } from '../api.ts';
import type { Handler } from '../callbacks.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import type { News } from '../frames/news.ts';
import { requiredUserId } from '../identity.ts';
import { smarticoError, type Tell } from '../notice.ts';
import { pageFacts } from '../page-facts.ts';
import { textOf } from '../text.ts';

declare const VERSION: string;

/** Milliseconds that `identify` and `online` wait for an answer. */
const PATIENCE = 3_000;
/** Milliseconds that a page around has for its diagnosis, which takes it 5 s at the most. */
const DIAGNOSIS = 6_000;
/** Calls that say what happened, or change the customer. */
const DEEDS = /^(dp|updatePublicTags|set(Nickname|Avatar|UTMs|LoginEntry|EntryPoint))$/;
/** Calls that come too late once nobody waits for them. */
const QUESTIONS = /^(doctor|flush|receipts|losses|show|request|mini|gami|convert)/;

export interface SurfaceNeeds {
  root: Window;
  tell: Tell;
  caller: Caller;
  news(): Partial<News>;
  /** The platform names a user, or nobody: what it does until that is answered is theirs. */
  names(user: string | null, answered: Promise<unknown>): void;
  /** @returns its id, or nothing if it was refused */
  deed(method: string, args: unknown[]): string | undefined;
  /** What is to be said where no page around answers. */
  alone(): Diagnosis;
  /** The platform says with what it runs. */
  starts(options: InitOptions): void;
}

type Args = unknown[];

export const guestSurface = ({ root, tell, caller, news, names, deed, alone, starts }: SurfaceNeeds): Smartico => {
  const call =
    (method: string, kind: Kind = QUESTIONS.test(method) ? 'question' : 'order') =>
    (...args: Args) =>
      caller.call(method, args, kind);
  const named =
    (method: string, empty: 'empty_action' | 'empty_event_type') =>
    (...args: Args) =>
      textOf(args[0], NAME_LENGTH) ? deed(method, args) : tell(empty, `1 to ${NAME_LENGTH} characters`);
  /** Throws in the caller's face, as the page's own call does. */
  const naming =
    (method: string) =>
    (id: unknown, ...rest: Args) => {
      const user = requiredUserId(id);
      const answer = call(method)(user, ...rest);
      names(user, answer);
      const done = Promise.race([answer, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
      done.catch(() => {}); // told already; a platform that does not wait for the answer has heard it there
      return done;
    };
  const starting =
    (method: string) =>
    (...args: Args) => {
      starts(Object(args[1]));
      return call(method)(...args);
    };
  const off = (key: unknown, handler: unknown) => void call('off')(`${key}`, handler);
  const api = new Proxy(
    {},
    {
      get(_, name) {
        if (typeof name !== 'string' || name === 'then') return undefined;
        if (name !== 'getUserProfile') return (...args: Args) => caller.call('api', [name, ...args], 'question');
        return () => {
          if (news().identified) return news().props;
          throw smarticoError('not_identified', name);
        };
      },
    },
  );
  const remote = (method: string) => (DEEDS.test(method) ? (...args: Args) => void deed(method, args) : call(method));
  const own: { [name: string]: unknown } = {
    action: named('action', 'empty_action'),
    event: named('event', 'empty_event_type'),
    online: naming('online'),
    identify: naming('identify'),
    logout(payload: unknown) {
      names(null, call('logout')(payload));
    },
    init: starting('init'),
    initVisitorMode: starting('initVisitorMode'),
    on(key: unknown, handler: Handler | null, options: unknown) {
      void call('on')(`${key}`, handler, options);
      return () => off(key, handler);
    },
    off,
    checkSuccessfullyIdentify: () => news().identified ?? false,
    getPublicProps: () => news().props ?? null,
    api,
    vapi(language: unknown) {
      if (language) void call('changeLanguage')(language);
      return api;
    },
    doctor: () =>
      Promise.race([call('doctor')(), new Promise((resolve) => setTimeout(resolve, DIAGNOSIS))]).then(
        (diagnosis) => diagnosis ?? alone(),
        alone, // told by the line
      ),
    ...pageFacts(root),
    version: VERSION,
  };
  // An open object that is also a function, as the page's is.
  const smartico: typeof own = Object.assign((method: string, ...args: Args) => {
    const called = Object.hasOwn(smartico, method) ? smartico[method] : method in smartico || remote(method);
    return typeof called === 'function' ? called(...args) : tell('unknown_method', `${method}`);
  }, own) as never;
  // The page decides what else there is: a name that it does not know is refused there, and told here.
  return new Proxy(smartico, {
    // An awaited object is asked for its `then`, and pages keep marks of their own under names like `__done`.
    get: (_, name) =>
      name in smartico || typeof name !== 'string' || /^(then$|_)/.test(name) ? smartico[name as string] : remote(name),
  }) as unknown as Smartico;
};
