/**
 * The calls that a frame can make of the page, each with what it takes: the whole of what is within a frame's reach.
 */
import type { Method, Methods, Takes } from '../../bridge/serving.ts';
import type { LossReason } from '../../wire/event.ts';
import { isEventId } from '../../wire/ids.ts';
import type { InitOptions } from '../api.ts';
import { parseJson } from '../json.ts';
import { smarticoError } from '../notice.ts';
import { type Authority, frameOptions } from './authority.ts';
import type { Deeds } from './deeds.ts';
import type { FramesNeeds } from './frames.ts';
import { createInboxUpdates } from './inbox-updates.ts';
import type { Listening } from './listening.ts';

type Fields = { [name: string]: unknown };

/** Calls that are the page's own, unchanged. */
const plain: { [name: string]: Takes } = {
  login: ['text?', 'object?'],
  changeLanguage: ['text'],
  ready: [],
  identified: [],
  flush: [],
  losses: [],
  doctor: [],
  setSkin: ['text'],
  requestPushPermissions: [],
  registerNativePushToken: ['text', 'anything?', 'anything?'],
  miniGame: ['text', 'object?', 'anything?'],
  gamificationBlock: ['object?'],
  showBanner: ['object?'],
  sendDataToBanner: ['object?'],
  showVisitorGame: ['object?'],
  convertVisitorGame: ['text'],
  sendAnalytics: ['text', 'anything?'],
  startLpAnalytics: ['anything?'],
  sendServerError: ['text'],
  sendServerDebug: ['text'],
};
/** Why a deed may have been lost in the frame. */
const FRAME_LOSSES: LossReason[] = ['overflow', 'too_large'];
/** Deeds of one task of a frame: more take longer than any task. */
const MOST_LOST = 100_000;
/** Of an event's text, which a letter may have cut short: what stands before its payload. */
const headOf = (event: string): Fields => Object(parseJson(`${event.split(',"payload":')[0]}}`)) as Fields;
const SUSPENDING = ['suspendPopups', 'suspendInbox', 'suspendMiniGames'];

/** @param said a frame spoke for the page, or was not let: what it takes for true may be neither */
export const frameCalls = (
  origin: string,
  needs: FramesNeeds,
  authority: Authority,
  deeds: Deeds,
  listening: Pick<Listening, 'on' | 'off' | 'clear'>,
  said: () => void,
): Methods => {
  const { smartico, init, identity, session, lose, tell } = needs;
  const inbox = createInboxUpdates(needs, listening);
  const page = smartico as unknown as { [name: string]: (...args: unknown[]) => unknown };
  const call = (name: string, ...args: unknown[]) => page[name]?.(...args);
  const start = (label: string, options: InitOptions | null | undefined) => {
    authority.starts(origin, label, options?.visitor_mode, () => init(label, frameOptions(options, tell)));
    said();
  };
  /**
   * Speaks for the page's user: names them, or nobody, or says what they agreed to.
   * @param proof which argument is the hash that vouches for them
   */
  const speak =
    (name: string, user: (said: unknown) => unknown, proof = -1) =>
    (...args: unknown[]) => {
      try {
        authority.speaks(origin, user(args[0]));
        // Whoever only says what is so takes no proof away from the page that has one.
        if (args[proof] && identity.hash() && !authority.names(origin)) args[proof] = undefined;
        return call(name, ...args);
      } finally {
        said();
      }
    };
  /** A frame's letters are its own; those of the page and of other frames hold what they did. */
  const receipts = async () => {
    const all = await smartico.receipts();
    return { ...all, dead: all.dead.filter(({ event }) => headOf(event).frame === origin) };
  };
  const question = (name: string, ...args: unknown[]) => {
    if (!/^[a-z]\w*$/i.test(name) || name in {}) throw smarticoError('unknown_method', `api.${name}`);
    return inbox(name, args[0]) ?? smartico.api[name]?.(...(args as never[]));
  };
  const own: { [name: string]: Method } = {
    take: {
      takes: ['text', 'text'],
      run: (id: string, text: string) => deeds.take(id, text, authority.names(origin)),
    },
    lose: {
      takes: ['text', 'anything', 'text?', 'anything?'],
      run(reason: LossReason, count: number, page_id?: string, last?: number) {
        if (!FRAME_LOSSES.includes(reason) || !Number.isSafeInteger(count) || count < 1 || count > MOST_LOST)
          throw smarticoError('bad_argument', 'lose: a reason and a count');
        const from = Number(last) - count + 1;
        const isNumbered = isEventId(page_id) && Number.isSafeInteger(from) && from > 0;
        const session_id = session();
        const place = (_: unknown, at: number) => (isNumbered ? { page_id, session_id, seq: from + at } : {});
        lose(reason, Array.from({ length: count }, place));
      },
    },
    init: { takes: ['text', 'object?'], run: (label: string, options?: InitOptions) => start(label, options) },
    initVisitorMode: {
      takes: ['text', 'object?'],
      run: (label: string, options?: InitOptions) => start(label, { ...options, visitor_mode: true }),
    },
    identify: { takes: ['text', 'text?', 'object?'], run: speak('identify', (id) => id, 1) },
    online: { takes: ['text', 'text?', 'text?', 'object?'], run: speak('online', (id) => id, 2) },
    logout: { takes: ['object?'], run: speak('logout', () => null) },
    consent: { takes: ['anything'], run: speak('consent', () => undefined) },
    on: { takes: ['text', 'function?', 'object?'], run: listening.on },
    off: { takes: ['text', 'function'], run: listening.off },
    clear: {
      takes: ['object?'],
      run(options?: Fields) {
        if (!options?.keepCallBacks) listening.clear();
        return call('clear', { keepCallBacks: true });
      },
    },
    // Its own element in the page is nothing that a frame could name: what it opens, opens over the page.
    showWidget: {
      takes: ['text', 'object?'],
      run: (type: string, { iframe: _, inline: __, ...rest }: Fields = {}) => call('showWidget', type, rest),
    },
    receipts: { takes: [], run: receipts },
    api: { takes: ['text', 'anything?', 'anything?', 'anything?'], run: question },
  };
  const methods = new Map<string, Method>(Object.entries(own));
  for (const [name, takes] of Object.entries(plain))
    methods.set(name, { takes, run: (...args: unknown[]) => call(name, ...args) });
  // A frame's holds are its own, whatever it calls them: they are not released by another's, nor by the page's.
  for (const name of SUSPENDING)
    methods.set(name, {
      takes: ['flag', 'object?'],
      run: (hold: boolean, { reason = '', ttl }: Fields = {}) =>
        call(name, hold, { reason: `${origin} ${reason}`.trim(), ttl }),
    });
  return methods;
};
