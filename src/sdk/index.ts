/**
 * The SDK put together: each public call is one line that hands its arguments to the room that owns the matter.
 */
import { eventIds } from '../wire/ids.ts';
import type { InitOptions, Smartico, SmarticoMethods } from './api.ts';
import { callable } from './callable.ts';
import { createCalls } from './calls.ts';
import { type Call, createCapture } from './capture.ts';
import { earlyPage, replayEarly, type Stub } from './early.ts';
import { createIdentity, requiredUserId, userId } from './identity.ts';
import { createLinks, type Links } from './links.ts';
import { isLocalhost } from './localhost.ts';
import { createLosses } from './losses.ts';
import { createTell } from './notice.ts';
import { readSettings, type ScriptTag, type Settings } from './options.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import type { Platform } from './platform.ts';
import { journalQueue } from './queue/journal-queue.ts';
import { createSession } from './session.ts';
import { watchInputs } from './window-inputs.ts';

declare const VERSION: string;

export interface SmarticoNeeds {
  platform: Platform;
  /** Of the global and of everything we keep: `_smartico` unless the script tag says otherwise. */
  name: string;
  script: ScriptTag;
  stub: Stub | undefined;
}

export const createSmartico = ({ platform, name, script, stub }: SmarticoNeeds): Smartico => {
  const { root, local, now, random } = platform;
  const prefix = `${name}:`;
  const tell = createTell((...words) => root.console.error(...words));
  const losses = createLosses(local, `${prefix}losses`);
  const session = createSession(platform, prefix, earlyPage(stub));
  const identity = createIdentity();
  const calls = createCalls(tell);
  /** What is captured before the label is known waits here. */
  const held = journalQueue(local, `${prefix}:`);
  let running: { settings: Settings; pipeline: Pipeline; links: Links } | undefined;
  /** An `init` that localhost refused: it goes through when the page allows it after all. */
  let refused: (() => void) | undefined;

  const inputs = watchInputs(
    platform,
    `${name}_`,
    ['user_id', 'user_hash', 'language', 'allow_localhost'],
    (input, value) => {
      if (input === 'user_id') identity.set(userId(value), root[`${name}_user_hash`]);
      if (input === 'user_hash') identity.set(identity.user(), value);
      if (input === 'language') identity.speak(value);
      if (input === 'allow_localhost' && value === true) refused?.();
    },
  );
  const allowed = (): boolean => {
    inputs.look();
    if (!isLocalhost(root.location) || inputs.read('allow_localhost') === true) return true;
    tell(
      'localhost_refused',
      `Nothing is stored or sent on localhost: set window.${name}_allow_localhost = true before the script if you want it.`,
      { key: '' },
    );
    return false;
  };

  const capture = createCapture({
    newEventId: eventIds(now, random),
    now,
    brand: () => running?.settings.brand ?? null,
    identity,
    session,
    append(eid, text) {
      if (running) return running.pipeline.append(eid, text);
      tell('no_label', `Call ${name}.init(label, { brand_key }) first; until then events only wait.`, { key: 'early' });
      if (!held.append(eid, text)) losses.lose('storage', 1);
    },
    bury: (letter) => running?.pipeline.bury(letter),
    lose: losses.lose,
    tell,
  });
  const record = (call: Call | undefined): string | undefined => (call && allowed() ? capture(call) : undefined);

  const start = (label: string, options?: InitOptions): void => {
    const settings = readSettings(label, options, script, root.location.href, tell);
    if (!settings || running?.settings.label === settings.label) return;
    refused = () => start(label, options);
    if (!allowed()) return;
    refused = undefined;
    running?.links.stop();
    running?.pipeline.stop();
    identity.speak(settings.lang);
    const pipeline = startPipeline({ platform, settings, prefix, session, losses, tell });
    const links = createLinks({
      platform,
      parameter: `${name}_dp`,
      store: local,
      prefix,
      ready: () => running !== undefined && (settings.visitor || identity.user() !== null),
      run: (link) => record(calls.link(link)),
      tell,
    });
    running = { settings, pipeline, links };
    void pipeline.adopt(held);
    links.release();
  };
  identity.onChange(() => running?.links.release());

  const methods: SmarticoMethods = {
    init: start,
    action: (value, extra) => record(calls.action(value, extra, 'api')),
    event: (type, payload) => record(calls.event(type, payload)),
    async online(id, lang, hash) {
      identity.speak(lang);
      identity.set(requiredUserId(id, 'online'), hash);
    },
    async identify(id, hash) {
      identity.set(requiredUserId(id, 'identify'), hash);
    },
    logout: () => identity.set(null),
    dp(link) {
      if (running) running.links.open(String(link));
      else tell('no_label', `Call ${name}.init(label, { brand_key }) before dp().`);
    },
    setLoginEntry: (entry) => record(calls.entry(entry)),
    setEntryPoint: (entry) => record(calls.entry(entry)),
    flush: async () =>
      running?.pipeline.flush() ?? { stored: 0, duplicate: 0, rejected: 0, pending: await held.count() },
    receipts: async () => running?.pipeline.receipts() ?? { recent: [], dead: [], pending: await held.count() },
    losses: async () => losses.read(),
    version: VERSION,
  };
  const smartico = callable(methods, tell);

  if (script.label) start(script.label);
  if (allowed())
    replayEarly(
      stub,
      local,
      `${prefix}s:`,
      (method, args, earlier) => {
        const call = method === 'action' ? calls.action(args[0], args[1], 'api') : calls.event(args[0], args[1]);
        if (call) capture({ ...call, earlier });
      },
      (method, args) => smartico(method as never, ...(args as never)),
      losses.lose,
    );
  return smartico;
};
