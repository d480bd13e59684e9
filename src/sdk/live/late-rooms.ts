/**
 * The rooms behind the live one: questions about the customer, and drawing. Fetched with their first use; one that did not
 * come is told, and fetched again with the next.
 */
import { cids } from '../../wire/protocol.ts';
import type { SmarticoApi } from '../customer-api.ts';
import type { DeepLink } from '../deep-link.ts';
import { asking } from '../identity.ts';
import { smarticoError } from '../notice.ts';
import type { Questions } from '../questions/questions.ts';
import type { Modules, Pins } from '../rooms.ts';
import type { Surface, Ui } from '../ui/ui.ts';
import { mayComeUp, strangerAround } from './ancestors.ts';
import { createButtons } from './buttons.ts';
import type { Customer } from './customer.ts';
import type { Engagements } from './engagements.ts';
import type { Ask, LiveNeeds } from './live.ts';

/** Put in by the build. */
declare const ROOMS: Pins;

export interface LateNeeds extends LiveNeeds {
  ask: Ask;
  customer: Customer;
  suspended(surface: Surface): boolean;
  /** Whether a link does more than show something of ours, or close. */
  acts(link: DeepLink): boolean;
  report: Engagements['report'];
  waitIdentified(): Promise<unknown>;
}

export interface LateRooms {
  api: SmarticoApi;
  asks(): Promise<Questions>;
  /** The questions room, if anybody has asked. */
  questions(): Questions | undefined;
  /** Nobody is known here any more: what is sent to the last user must not reach this browser. */
  detachPush(): void;
  draw<T>(on: (ui: Ui) => T | Promise<T>): Promise<T>;
  /** The drawing room, if anything was drawn. */
  drawn(): Ui | undefined;
}

export const createLateRooms = (needs: LateNeeds): LateRooms => {
  const { platform, name, prefix, settings, identity, callbacks, rooms, ask, customer, report, waitIdentified, tell } =
    needs;
  const { root, session } = platform;
  const props = () => customer.props() as never;

  const fetched = <Room extends keyof Modules, Made>(room: Room, make: (module: Modules[Room]) => Made) => {
    let made: Made | undefined;
    let coming: Promise<Made> | undefined;
    return {
      here: () => made,
      get: () => {
        coming ??= rooms.load(room, settings().address, ROOMS).then(
          (module) => {
            made = make(module);
            return made;
          },
          (cause) => {
            coming = undefined;
            tell('room_unavailable', room, cause);
            throw smarticoError('room_unavailable', room);
          },
        );
        return coming;
      },
    };
  };
  /** What the label says, whoever the visitor is. */
  const setting = async (of: keyof ReturnType<Customer['settings']>) => {
    await Promise.race([callbacks.once('label_init_completed'), waitIdentified()]);
    return customer.settings()[of] ?? '';
  };
  /** As this page reaches the collector, which may be by a path of the operator's own. */
  const at = (place: 'content' | 'inbox') => {
    const { address, label } = settings();
    return new URL(`${address}/${place}/${encodeURIComponent(label)}/`, root.location.href).href;
  };
  const widgetUrl = (screen: string) => {
    const { address, label, brand, language } = settings();
    const query = {
      label_key: label,
      brand_key: brand ?? '',
      user_ext_id: identity.user() ?? '',
      user_hash: identity.hash() ?? '',
      lang: language,
      screen,
    };
    return `${new URL(`${address}/widget`, root.location.href)}?${new URLSearchParams(query)}`;
  };

  const questions = fetched('api', ({ createQuestions }) =>
    createQuestions({
      ...needs,
      user: identity.user,
      props,
      bodiesAt: async () => at('inbox'),
      publicKey: () => setting('PUSH_PUBLIC_KEY'),
      worker: () => settings().worker,
      scriptUrl: rooms.scriptUrl,
    }),
  );
  const profile = () => {
    const known = customer.props();
    if (!known || known.is_visitor) throw smarticoError('not_identified', 'getUserProfile()');
    return known;
  };
  const api = new Proxy({} as SmarticoApi, {
    get(_, call) {
      if (call === 'getUserProfile') return profile;
      if (typeof call !== 'string') return undefined;
      return async (...args: never[]) => {
        const sameUser = asking(identity);
        const { api: answers } = await questions.get();
        sameUser();
        return answers[call]?.(...args);
      };
    },
  });
  const stranger = () => strangerAround(root, settings().ancestors);
  const ui = fetched('ui', ({ createUi }) =>
    createUi({
      platform,
      name,
      contentUrl: (uid) => `${at('content')}${uid}`,
      widgetUrl,
      report,
      pressed: createButtons({ ...needs, stranger }),
      discard: (engagement_uid) => void needs.record('inbox_message_deleted', { engagement_uid }),
      suspended: needs.suspended,
      eligible: (engagement_uid) => ask(cids.eligible, { engagement_uid }).then(({ eligible }) => eligible === true),
      api,
      props,
      callbacks,
      language: () => settings().language || `${customer.props()?.core_user_language ?? 'en'}`,
      skin: () => session.get(`${prefix}skin`) ?? 'base',
      tell,
    }),
  );
  return {
    api,
    asks: questions.get,
    questions: questions.here,
    detachPush() {
      if (root.Notification?.permission !== 'granted') return;
      void questions.get().then(
        (room) => room.detachPush(),
        () => {}, // told by `get`
      );
    },
    async draw(on) {
      const room = await ui.get();
      await mayComeUp(root, stranger);
      return on(room);
    },
    drawn: ui.here,
  };
};
