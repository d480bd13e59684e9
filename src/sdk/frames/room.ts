/**
 * The room of frames put together: who may knock, one line a frame, and what all of them are told. Wiring only.
 */
import { answerHellos } from '../../bridge/handshake.ts';
import { type Serving, serveCalls } from '../../bridge/serving.ts';
import { stringify } from '../json.ts';
import { readOrigins } from '../origins.ts';
import { createAuthority } from './authority.ts';
import { createDeeds, readDeed } from './deeds.ts';
import { frameCalls } from './frame-calls.ts';
import type { Frames, FramesNeeds } from './frames.ts';
import { createListening } from './listening.ts';
import type { News } from './news.ts';

/** What may change the news. */
const KEYS = ['news', 'init', 'label_init_completed', 'identify', 'props_change'];

export const createFrames = (needs: FramesNeeds): Frames => {
  const { root, name, script, smartico, settings, identity, callbacks, given, session, lose, random, tell } = needs;
  // Not the address's: a `srcdoc` page has none, and its maker's origin.
  const { origin: own } = root;
  const admits = (origin: string) =>
    origin === own || readOrigins(settings()?.frames ?? script.frames, 'data-frames', tell).includes(origin);
  const authority = createAuthority(settings, () => settings()?.framesMay ?? script.framesMay, identity.user, tell);
  const deeds = createDeeds(needs);
  const lines = new Set<Serving>();

  const news = (): News => {
    deeds.know();
    return {
      user: settings()?.visitor ? null : identity.user(),
      identified: smartico.checkSuccessfullyIdentify(),
      props: smartico.getPublicProps(),
      stores: given(),
    };
  };
  /** Where the event stands that a call would have been, if it is one. */
  const placeOf = ({ method, args }: { method: string; args: unknown[] }) => {
    const deed = method === 'take' && readDeed(args[1]);
    return deed ? { page_id: deed.page_id, session_id: session(), seq: deed.seq } : {};
  };
  /**
   * Nothing but a reason for the browser to ask the page before it is led away, mostly behind what the page's frames have
   * said: one that is busy just then would be gone before it hears them. (Costs no place in the back-forward cache; `unload`
   * would.)
   */
  const asked = () => {};
  let last = '';
  const spread = () => {
    const latest = news();
    const now = stringify(latest);
    if (now === last) return;
    last = now;
    for (const line of lines) line.news(latest);
  };
  for (const key of KEYS) callbacks.on(`:${key}`, spread);
  root.addEventListener('pagehide', () => {
    for (const line of lines) line.finish();
  });

  return {
    heard: answerHellos({
      root,
      channel: name,
      admits,
      refused: (origin) =>
        tell('frame_refused', origin === 'null' ? 'a sandboxed frame has no origin' : `data-frames="${origin}"`),
      random,
      serve(send, origin, cut) {
        const listening = createListening(callbacks);
        const line = serveCalls({
          methods: frameCalls(origin, needs, authority, deeds, listening, () => {
            last = '';
            spread();
          }),
          send,
          stringify,
          now: () => root.performance.now(),
          around: (run) => needs.as(origin, run),
          flooded(calls) {
            cut();
            lose('flood', calls.map(placeOf));
            tell('bridge_flood', origin);
          },
        });
        lines.add(line);
        root.addEventListener('beforeunload', asked);
        line.news(news());
        return {
          heard(message) {
            if (message.type === 'bye') listening.rest();
            if (message.type === 'alive') listening.wake();
            line.heard(message);
          },
          close() {
            lines.delete(line);
            listening.clear();
            line.close();
          },
        };
      },
    }),
  };
};
