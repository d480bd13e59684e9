/**
 * The SDK put together: each public call is one line that hands its arguments to the room that owns the matter.
 */
import { eventIds } from '../wire/ids.ts';
import type { InitOptions, Smartico, SmarticoMethods } from './api.ts';
import { actionCall, type Call, eventCall, linkCall } from './calls.ts';
import { createCapture } from './capture.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createIdentity, requiredUserId, userId } from './identity.ts';
import { createLinks, type Links } from './links.ts';
import { LOCALHOST } from './localhost.ts';
import { createLosses } from './losses.ts';
import { createTell } from './notice.ts';
import { readSettings, type ScriptTag, type Settings } from './options.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import type { Platform } from './platform.ts';
import { journalQueue } from './queue/journal-queue.ts';
import { createSession, type PageStart } from './session.ts';
import { watchInputs } from './window-inputs.ts';

declare const VERSION: string;

/** What the stub left in the window: its calls in order, `[method, arguments, is on disk]`, and its page's count. */
export type Stub = PageStart & { q?: unknown };

/** @param name of the global and of everything we keep: `_smartico` unless the script tag says otherwise */
export const createSmartico = (platform: Platform, name: string, script: ScriptTag, stub: Stub): Smartico => {
  const { root, local, now, random } = platform;
  const prefix = `${name}:`;
  const tell = createTell((...words) => root.console.error(...words));
  const losses = createLosses(local, `${prefix}losses`);
  const letters = createDeadLetters(local, `${prefix}dead`, now);
  const session = createSession(platform, prefix, stub);
  const identity = createIdentity(() => links?.release());
  /** What is captured before the label is known waits here. */
  const held = journalQueue(local, `${prefix}:q:`);
  let settings: Settings | undefined;
  const pipelines: { [label: string]: Pipeline } = Object.create(null);
  let pipeline: Pipeline | undefined;
  let links: Links | undefined;
  /** An `init` that localhost refused: it goes through when the page allows it after all. */
  let refused: (() => void) | undefined;

  const onLocalhost = LOCALHOST.test(root.location.href);
  const allow = `${name}_allow_localhost`;
  const hash = `${name}_user_hash`;
  const look = watchInputs(root, [hash, `${name}_user_id`, allow], (input, value) => {
    if (input === allow) refused?.();
    else if (input === hash) identity.set(identity.user(), value);
    else identity.set(userId(value), root[hash]);
  });
  const allowed = (): boolean => {
    look();
    if (root[allow] === true || !onLocalhost) return true;
    tell('localhost_refused', `set window.${allow} = true`);
    return false;
  };

  const capture = createCapture({
    newEventId: eventIds(now, random()),
    now,
    brand: () => settings?.brand ?? null,
    identity,
    session,
    append(eid, text) {
      if (pipeline) return pipeline.append(eid, text);
      tell('no_label', 'events wait for init(label)');
      if (!held.append(eid, text)) losses.lose('storage', 1);
    },
    bury: letters.bury,
    lose: losses.lose,
    tell,
  });
  const record = (call: Call | undefined) => (call && allowed() ? capture(call) : undefined);

  const init = (label: string, options?: InitOptions): void => {
    const next = readSettings(label, options, script, tell);
    if (!next || next.label === settings?.label) return;
    refused = () => init(label, options);
    if (!allowed()) return;
    refused = undefined;
    settings = next;
    // What another label left waiting is still delivered by the pipeline that it has.
    pipeline = pipelines[next.label] ??= startPipeline(
      platform,
      next,
      prefix,
      held,
      identity,
      session,
      losses,
      letters,
      tell,
    );
    links ??= createLinks(
      platform,
      name,
      () => settings?.visitor || identity.user() !== null,
      (link) => record(linkCall(link, tell)),
      tell,
    );
    links.release();
  };
  /** Throws in the caller's face, as published, rather than into a promise that nobody awaits. */
  const identify = (id: unknown, hash: unknown): Promise<void> => {
    identity.set(requiredUserId(id), hash);
    return Promise.resolve();
  };
  const setLoginEntry = (entry: string) =>
    record(eventCall('core_set_last_login_entry', { core_last_login_entry: `${entry}` }, tell));

  const methods: SmarticoMethods = {
    init,
    action: (value, extra) => record(actionCall(value, extra, tell)),
    event: (type, payload) => record(eventCall(type, payload, tell)),
    online: (id, _lang, hash) => identify(id, hash),
    identify,
    logout: () => identity.set(null),
    dp: (link) => (links ? links.open(`${link}`) : tell('no_label', 'dp() before init(label)')),
    setLoginEntry,
    setEntryPoint: setLoginEntry,
    flush: async () => pipeline?.flush() ?? { stored: 0, duplicate: 0, rejected: 0, pending: await held.count() },
    receipts: async () => pipeline?.receipts() ?? { recent: [], dead: letters.read(), pending: await held.count() },
    losses: async () => losses.read(),
    version: VERSION,
  };
  // An open object that is also a function: `x.action('A')` and `x('action', 'A')` are one call.
  const smartico = Object.assign((method: string, ...args: never[]) => {
    const called = Object.entries(smartico).find(([key]) => key === method)?.[1];
    if (typeof called === 'function') return called(...args);
    tell('unknown_method', method);
  }, methods) as unknown as Smartico;

  if (script.label) init(script.label);
  for (const [method, args, kept] of Array.isArray(stub.q) ? stub.q : [])
    try {
      if (!kept) smartico(method, ...(args as [never]));
    } catch (cause) {
      tell('empty_user_id', method, cause); // the one call that throws; those after it still count
    }
  return smartico;
};
