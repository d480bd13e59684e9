/**
 * The SDK of a framed platform: the same calls, made by the page around. Owns the line to that page, and what the page last
 * said of the customer; keeps no identity and no queue of its own, since a frame's storage is not lasting.
 */
import { createCaller } from '../../bridge/calling.ts';
import { createKnocking, windowsAround } from '../../bridge/handshake.ts';
import { LONGEST } from '../../bridge/messages.ts';
import type { SdkCode } from '../../wire/codes.ts';
import type { LossReason } from '../../wire/event.ts';
import { eventIds } from '../../wire/ids.ts';
import type { Smartico } from '../api.ts';
import { asksFirst } from '../consent.ts';
import type { Deed, News } from '../frames/news.ts';
import { stringifyAny } from '../json.ts';
import { createTell, smarticoError } from '../notice.ts';
import type { ScriptTag } from '../options.ts';
import type { Platform } from '../platform.ts';
import { replay, type Stub } from '../stub-calls.ts';
import { createOutbox } from './outbox.ts';
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
  const { origin } = root.location;
  const newId = eventIds(now, random(), stub.n);
  const page_id = stub.p ?? `p-${random()}`;
  let seq = stub.n ?? 0;
  /** What the page around last said; nothing of the customer before it spoke. */
  let news: Partial<News> = { stores: !asksFirst(root, script.consent ?? root[`${name}_consent`], script.gpc) };
  /** Whom the platform named, while the page has not said yes or no to it. */
  let claim: { user: string | null } | undefined;
  /** Deeds that found no room. */
  let lost = 0;
  let met = false;
  /** Nobody answers; the platform may be its own host; it is. */
  let alone = false;
  let may = false;
  let own = false;

  const caller = createCaller({
    stringify: stringifyAny,
    failed(code, about) {
      tell(code as SdkCode, about);
      return smarticoError(code as SdkCode, about);
    },
    news(said) {
      news = said as News;
      if (!news.stores) outbox.purge();
    },
    threw: (cause) => tell('handler_threw', 'in the frame', cause),
  });
  const outbox = createOutbox(
    session,
    `${mine}q:`,
    () => news.stores === true,
    (id, text) => caller.call('take', [id, text], 'delivery'),
  );
  /** The page counts what is lost here with its own. */
  const lose = (reason: LossReason, deeds: number) => void caller.call('lose', [reason, deeds], 'delivery');
  const keep = (id: string, text: string) => {
    if (outbox.keep(id, text)) return;
    lost++;
    tell('queue_overflow', 'no page around takes them');
  };
  const knock = createKnocking({
    root,
    channel: name,
    doors: () => (own ? [root] : windowsAround(root)),
    admits: (from) => from !== 'null' && (from === origin || `${script.hosts}`.split(/[\s,]+/).includes(from)),
    refused: (from) => tell('host_refused', `data-hosts="${from}"`),
    malformed: (ports) => tell('host_refused', `an answer with ${ports} ports`),
    connected(port) {
      met = true;
      caller.connect(port);
      if (lost) lose('overflow', lost);
      lost = 0;
    },
  });
  const standAlone = () => {
    if (!alone || !may || own) return;
    own = true;
    load(() => tell('room_unavailable', 'smartico.js'));
    knock();
  };
  setTimeout(
    () => {
      if (met) return;
      alone = true;
      tell('no_host', 'no page around answers; calls wait');
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
    news: () => news,
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
      const deed: Deed = {
        method,
        args,
        user: (claim ?? news).user,
        event_date: now(),
        page_id,
        seq: event ? ++seq : 0,
      };
      const text = stringifyAny(deed);
      if (/"\[(cycle|function|symbol)]"/.test(text)) tell('payload_repaired', `${args[0]}`);
      if (text.length * 2 < LONGEST) keep(id, text);
      else {
        tell('payload_too_large', `${args[0]}`);
        lose('too_large', 1);
      }
      return id;
    },
    standsAlone() {
      may = true;
      standAlone();
    },
  });
  outbox.resume();
  // What the stub kept on disk. It cannot know who the page's user is, and writes nobody.
  for (const key of local.keys(`${mine}:q:`)) {
    keep(key.slice(mine.length + 3), `${local.get(key)}`.replace('"user_ext_id":null,', ''));
    local.remove(key);
  }
  replay(stub, smartico, tell);
  knock();
  return smartico;
};
