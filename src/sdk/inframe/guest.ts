/**
 * The SDK of a framed platform: the same calls, made by the page around. Owns the line to that page, and what the page last
 * said of the customer; keeps no identity and no queue of its own, since a frame's storage is not lasting.
 */
import { createCaller } from '../../bridge/calling.ts';
import { createKnocking, windowsAround } from '../../bridge/handshake.ts';
import type { SdkCode } from '../../wire/codes.ts';
import type { LossReason } from '../../wire/event.ts';
import { eventIds } from '../../wire/ids.ts';
import { PAYLOAD_BYTES } from '../../wire/limits.ts';
import type { Smartico } from '../api.ts';
import { asksFirst } from '../consent.ts';
import type { Deed, News } from '../frames/news.ts';
import { stringifyAny } from '../json.ts';
import { createTell, smarticoError } from '../notice.ts';
import type { ScriptTag } from '../options.ts';
import type { Platform } from '../platform.ts';
import { replay, type Stub } from '../stub-calls.ts';
import { createOutbox } from './outbox.ts';
import { handOverRows } from './stub-rows.ts';
import { guestSurface } from './surface.ts';

/** Milliseconds that a page around has to answer before we say that there is none. */
const PATIENCE = 5_000;

/**
 * @param name of the global of the page around: `_smartico`
 * @param load fetches `smartico.js` into this very window, for a platform that stands alone
 */
export const createInframe = (
  { root, now, random, session, local }: Pick<Platform, 'root' | 'now' | 'random' | 'session' | 'local'>,
  name: string,
  script: ScriptTag,
  stub: Stub,
  load: (failed: () => void) => void,
): Smartico => {
  const mine = `${name}_inframe:`;
  const tell = createTell((...words) => root.console.error(...words));
  // Not the address's: a `srcdoc` frame has none, and its maker's origin.
  const { origin } = root;
  const newId = eventIds(now, random(), stub.n);
  const page_id = stub.p ?? `p-${random()}`;
  let seq = stub.n ?? 0;
  /** What the page around last said; nothing of the customer before it spoke. */
  let news: Partial<News> = { stores: !asksFirst(root, script.consent ?? root[`${name}_consent`], script.gpc) };
  /** Whom the platform named, while the page has not said yes or no to it. */
  let claim: { user: string | null } | undefined;
  /** Deeds of this task that found no room: their numbers, which follow each other, or 0. */
  let lost: number[] = [];
  /** The page around; `own`: the platform is its own. */
  let host: 'awaited' | 'refused' | 'missing' | 'met' | 'own' = 'awaited';
  /** Of a page around that `data-hosts` does not list. */
  let stranger = '';
  /** The platform may be its own host. */
  let standalone = false;

  const caller = createCaller({
    stringify: stringifyAny,
    failed(code, about) {
      tell(code as SdkCode, about);
      return smarticoError(code as SdkCode, about);
    },
    news(said) {
      news = Object(said) as News;
      if (!news.stores) outbox.purge();
      // Not before: by now the page has what this document said of its user, and whether anything may be kept.
      outbox.resume();
    },
    threw: (cause) => tell('handler_threw', 'in the frame', cause),
  });
  const outbox = createOutbox(
    session,
    `${mine}q:`,
    () => news.stores === true,
    (id, text) => caller.call('take', [id, text], 'delivery'),
    () => tell('queue_not_durable', 'this tab has no room'),
  );
  /** The page counts what is lost here with its own. @param last number of this document, if they have numbers */
  const lose = (reason: LossReason, deeds: number, last = 0) => {
    if (deeds) void caller.call('lose', [reason, deeds, page_id, last], 'delivery');
  };
  const keep = (id: string, text: string, number = 0) => {
    if (outbox.keep(id, text)) return;
    tell('queue_overflow', 'no page around takes them');
    lost.push(number);
    if (lost.length > 1) return;
    setTimeout(() => {
      const events = lost.filter(Boolean);
      lose('overflow', events.length, events[events.length - 1]);
      lose('overflow', lost.length - events.length);
      lost = [];
    });
  };
  /** A deed as text; of what cannot be written down (a getter that throws, another origin's window), the reason. */
  const written = (deed: Deed, about: string): string => {
    try {
      const text = stringifyAny(deed);
      if (/"\[(cycle|function|symbol)]"/.test(text)) tell('payload_repaired', about);
      return text;
    } catch (cause) {
      tell('payload_repaired', about);
      return stringifyAny({ ...deed, args: [about, { unreadable: `${cause}` }] });
    }
  };
  const knock = createKnocking({
    root,
    channel: name,
    doors: () => (host === 'own' ? [root] : windowsAround(root)),
    admits: (from) => from === origin || `${script.hosts}`.split(/[\s,]+/).includes(from),
    refused(from) {
      if (host === 'awaited') host = 'refused';
      stranger = from;
      tell('host_refused', from === 'null' ? 'a sandboxed page has no origin' : `data-hosts="${from}"`);
    },
    malformed: (ports) => tell('host_refused', `an answer with ${ports} ports`),
    connected(port) {
      if (host !== 'own') host = 'met';
      caller.connect(port);
    },
  });
  const standAlone = () => {
    if (host !== 'missing' || !standalone) return;
    host = 'own';
    load(() => tell('room_unavailable', 'smartico.js'));
    knock();
  };
  setTimeout(
    () => {
      if (host === 'awaited') tell('no_host', 'no page around answers (its console may say why); calls wait');
      else if (host !== 'refused') return;
      host = 'missing';
      standAlone();
    },
    root === root.parent ? 0 : PATIENCE,
  );
  root.addEventListener('pagehide', () => caller.say('bye'));
  root.addEventListener('pageshow', () => caller.say('alive'));

  const smartico = guestSurface({
    root,
    tell,
    caller,
    // Of whoever the platform named, the page has said nothing yet.
    news: () => (claim && claim.user !== news.user ? { ...news, ...claim, identified: false, props: null } : news),
    names(user, answered) {
      const mine = { user };
      claim = mine;
      const settled = () => {
        if (claim === mine) claim = undefined;
      };
      answered.then(settled, settled); // what the page refused, it told
    },
    deed(method, args) {
      const id = newId();
      const event = method === 'action' || method === 'event';
      const about = event ? `${args[0]}` : method;
      const { user } = claim ?? news;
      const number = event ? ++seq : 0;
      const text = written({ method, args, user, event_date: now(), page_id, seq: number }, about);
      // As the page measures a payload, with the few words around it: what it takes from here is never too large there.
      if (text.length * 3 > PAYLOAD_BYTES && new TextEncoder().encode(text).length > PAYLOAD_BYTES) {
        lose('too_large', 1, number);
        return tell('payload_too_large', about);
      }
      keep(id, text, number);
      return id;
    },
    alone: () => ({
      verdict: stranger ? 'host_refused' : 'no_host',
      says: stranger ? `data-hosts does not list ${stranger}` : `no page around ${origin} answers`,
      todo: 'README: In an iframe',
      also: [],
      facts: { page: origin },
    }),
    starts(options) {
      // Until the page says better, this document's word counts; what earlier ones kept waits where it is.
      if (asksFirst(root, options.consent, options.gpc)) news = { ...news, stores: false };
      standalone ||= Boolean(options.standalone);
      standAlone();
    },
  });
  replay(stub, smartico, tell, handOverRows(local, `${mine}:q:`, page_id, keep));
  knock();
  return smartico;
};
