/**
 * The SDK put together: what exists before and after a label is known, and who is told what. Wiring only; the calls that
 * a page can make are in `methods.ts`.
 */
import type { SdkCode } from '../wire/codes.ts';
import { eventIds } from '../wire/ids.ts';
import type { InitOptions, Smartico } from './api.ts';
import { createCallbacks } from './callbacks.ts';
import { type Call, eventCall, linkCall, sdkCall } from './calls.ts';
import { createCapture, type Made } from './capture.ts';
import { asksFirst, browserRefuses, createConsent } from './consent.ts';
import { createDeadLetters } from './dead-letters.ts';
import { parseLink } from './deep-link.ts';
import { openDoctorsDoor } from './doctors-door.ts';
import { openFramesDoor } from './frames-door.ts';
import { createIdentity, userId } from './identity.ts';
import { createLinks } from './links.ts';
import { createLiveLine } from './live-line.ts';
import { LOCALHOST } from './localhost.ts';
import { createLedgers } from './losses.ts';
import { publicMethods } from './methods.ts';
import { watchNavigation } from './navigation.ts';
import { createTell } from './notice.ts';
import { addressOf, languageOf, own, readSettings, type ScriptTag, type Settings } from './options.ts';
import { createPipelines } from './pipelines.ts';
import type { Platform } from './platform.ts';
import type { Pins, Rooms } from './rooms.ts';
import { createSession } from './session.ts';
import { createSpeaker } from './speaker.ts';
import { replay, type Stub } from './stub-calls.ts';
import { watchInputs } from './window-inputs.ts';

/** Put in by the build. */
declare const ROOMS: Pins;

/** @param name of the global and of everything we keep: `_smartico` unless the script tag says otherwise */
export const createSmartico = (
  outside: Platform,
  name: string,
  script: ScriptTag,
  stub: Stub,
  rooms: Rooms,
): Smartico => {
  const { root, now, random } = outside;
  const prefix = `${name}:`;
  const told = new Set<string>();
  const tell = createTell((...words) => root.console.error(...words), told);
  const asked = asksFirst(root, script.consent, script.gpc) || asksFirst(root, root[`${name}_consent`]);
  const consent = createConsent(outside, prefix, asked, (given) => (given ? refused?.() : stop()));
  const platform = { ...outside, local: consent.local, session: consent.session };
  const callbacks = createCallbacks(tell);
  const speaker = createSpeaker();
  const line = createLiveLine(tell, consent.given, speaker.along);
  const losses = createLedgers(platform, prefix);
  const letters = createDeadLetters(platform.local, `${prefix}dead`, now);
  const session = createSession(platform, prefix, stub);
  const identity = createIdentity(() => {
    release();
    line.sync();
    callbacks.emit(':news');
  });
  /** From where files of ours come: a publisher has none. */
  const files = () =>
    wanted?.publisher ? addressOf(own({ src: script.src })) : (wanted?.address ?? addressOf(script));
  const publisher = () => rooms.load('publisher', files(), ROOMS);
  const pipelines = createPipelines(
    { platform, prefix, identity, session, losses, letters, tell, publisher, refused: () => agree(false) },
    consent,
  );
  let settings: Settings | undefined;
  /** What `init` was last given: the settings, once the page may report. */
  let wanted: Settings | undefined;
  /** An `init` that localhost or a missing consent refused: it goes through when the page allows it after all. */
  let refused: (() => void) | undefined;

  const onLocalhost = LOCALHOST.test(root.location.href);
  const allow = `${name}_allow_localhost`;
  const hash = `${name}_user_hash`;
  const language = `${name}_language`;
  /** A page that only clears its user means the same. */
  const logout = (payload?: object) => {
    if (!identity.user() || settings?.visitor) return;
    record(eventCall('logout', { ...payload }, tell));
    identity.set(null);
    callbacks.emit('logout');
  };
  const speak = (value: unknown) => {
    const next = languageOf(value);
    if (!next || !settings || next === settings.language) return;
    settings = { ...settings, language: next };
    line.sync();
  };
  /** Why the page may not report, and told. */
  const forbidden = (): SdkCode | undefined => {
    look();
    const code = consent.refused() ? 'consent_missing' : onLocalhost && root[allow] !== true && 'localhost_refused';
    if (!code) return undefined;
    tell(code, consent.refused() ? 'refused' : `set window.${allow} = true`);
    return code;
  };

  const capture = createCapture({
    newEventId: eventIds(now, random(), stub.n),
    now,
    brand: () => settings?.brand ?? null,
    // Where everybody is a visitor, nobody has a name.
    identity: { ...identity, user: () => (settings?.visitor ? null : identity.user()) },
    place: (made) => session.next(settings?.label ?? '', made),
    append: pipelines.append,
    bury: letters.bury,
    lose: pipelines.lose,
    tell,
  });
  const record = (call: Call | undefined, made?: Made) => {
    if (!call || forbidden()) return;
    const frame = speaker.frame();
    // A link stays one, whoever opens it or names the user that it waited for: labels say what links may do.
    return capture(frame && call.source !== 'deep_link' ? { ...call, source: 'bridge', frame } : call, made);
  };
  const links = createLinks(
    platform,
    name,
    ({ verb }) =>
      verb === 'action'
        ? settings !== undefined && (settings.visitor || identity.user() !== null)
        : (line.here()?.ready() ?? false),
    (link) => {
      if (link.verb === 'action') record(linkCall(link, tell));
      else line.here()?.runLink(link);
    },
    tell,
  );
  const release = () => {
    // Not before: the first look at storage is slow, and nothing may run.
    if (settings && links.release()) callbacks.emitSticky('session_based_dp_detected');
  };
  const start = (next: Settings): void => {
    const first = !settings;
    settings = next;
    speak(root[language]);
    pipelines.open(next);
    if (first)
      watchNavigation(root, links.look, (navigation) => {
        callbacks.emitSticky('page_navigation', navigation);
        line.here()?.navigated();
      });
    callbacks.emitSticky('init', 0);
    line.sync();
    release();
    // Not while the page loads: the first look at storage is slow.
    setTimeout(() => {
      if (!consent.recall()) agree(false);
      else if (!next.publisher) fetchLive(next);
    });
  };
  const fetchLive = ({ address }: Settings): void =>
    line.open(
      () => rooms.load('live', address, ROOMS),
      () => ({
        platform,
        name,
        prefix,
        settings: () => settings as Settings,
        identity,
        device: session.device,
        record: (type, payload) => record(sdkCall(type, payload)),
        callbacks,
        parseLink,
        openLink: links.open,
        release,
        rooms,
        honorGpc() {
          if (browserRefuses(root)) agree(false);
          return browserRefuses(root);
        },
        tell,
      }),
    );
  const init = (label: string, options?: InitOptions): void => {
    const next = readSettings(label, options, script, tell);
    if (!next || next.label + next.visitor === `${settings?.label}${settings?.visitor}`) return;
    if (asksFirst(root, options?.consent, options?.gpc)) {
      consent.require();
      callbacks.emit(':news');
    }
    wanted = next;
    refused = () => init(label, options);
    if (forbidden()) return;
    if (consent.given()) {
      refused = undefined;
      start(next);
    } else tell('consent_missing', 'init waits for consent(true)');
  };
  const agree = (answer: unknown): void => {
    // What consent tools hand over besides, `'denied'` say, is no yes.
    if (typeof answer !== 'boolean') tell('bad_argument', 'consent(true) or consent(false)');
    consent.set(answer === true);
    if (consent.given()) refused?.();
    else stop();
  };
  const stop = () => {
    const last = settings;
    if (last) refused = () => start(last);
    line.here()?.stop();
    pipelines.purge();
    callbacks.emit(':news');
  };

  const look = watchInputs(root, [hash, language, `${name}_user_id`, allow], (input, value) => {
    if (input === allow) refused?.();
    else if (input === language) speak(value);
    else if (input === hash) identity.set(identity.user(), value);
    else if (userId(value)) {
      identity.set(userId(value), root[hash]);
      void line.ask((live) => live.login());
    } else logout();
  });

  const smartico = publicMethods({
    root,
    tell,
    callbacks,
    line,
    identity,
    record,
    init,
    consent: agree,
    logout,
    speak,
    settings: () => settings,
    open(link) {
      if (!settings) tell('no_label', 'links wait for init(label)');
      links.open(link);
    },
    pipelines,
    losses,
    doctor: openDoctorsDoor(rooms, files, {
      ...outside,
      name,
      smartico: () => smartico,
      settings: () => settings,
      wanted: () => wanted,
      consent,
      identity,
      line,
      pipelines,
      told,
    }),
  });
  if (script.label) init(script.label);
  replay(stub, smartico, tell);
  openFramesDoor(rooms, files, {
    ...outside,
    name,
    script,
    smartico,
    settings: () => wanted,
    init,
    identity,
    callbacks,
    session: session.id,
    tab: platform.session,
    record,
    forbidden,
    as(frame, run) {
      // What the page said until now is the page's.
      look();
      return speaker.as(frame, run);
    },
    given: consent.given,
    lose: pipelines.lose,
    tell,
  });
  return smartico;
};
