/**
 * The live room put together: one customer, one line to the collector, and what hangs on them. Wiring only.
 */
import { cids, type PropsPush } from '../../wire/protocol.ts';
import type { SmarticoApi } from '../customer-api.ts';
import { smarticoError } from '../notice.ts';
import type { Questions } from '../questions/questions.ts';
import type { Pins } from '../rooms.ts';
import type { Surface, Ui } from '../ui/ui.ts';
import { createChannel } from './channel.ts';
import { createCustomer } from './customer.ts';
import { createEngagements } from './engagements.ts';
import type { Live, LiveNeeds } from './live.ts';
import { createLoginWindow } from './login-window.ts';
import { openHttp, openSocket } from './mouth.ts';
import { nag } from './nag.ts';
import { createSuspension } from './suspension.ts';
import { createVerbs } from './verbs.ts';

/** Put in by the build. */
declare const ROOMS: Pins;

/** Milliseconds that a question waits for the user. */
const PATIENCE = 10_000;
/** Published calls of products that this one is not. */
const OTHERS = [
  'miniGame',
  'gamificationBlock',
  'showBanner',
  'sendDataToBanner',
  'showVisitorGame',
  'convertVisitorGame',
];
const BELLS = '[data-smartico-bell]';

export const createLive = (needs: LiveNeeds): Live => {
  const { platform, name, prefix, settings, identity, device, record, callbacks, openLink, tell } = needs;
  const { root, local, session, now, random } = platform;
  const { document } = root;
  const mine = () => `${prefix}${encodeURIComponent(settings().label)}:`;
  /** Who is greeted, and in which language: another one is another line, or another word. */
  let who = '';
  let language = '';
  /** A login that waits for the user to be identified. */
  let wanted: object | undefined;
  let entry: string | undefined;
  let answering: Promise<Questions> | undefined;
  let questions: Questions | undefined;
  let drawing: Promise<Ui> | undefined;
  let drawn: Ui | undefined;

  const ready = () => customer.identified() || (settings().visitor && customer.props() !== null);
  const waitIdentified = () =>
    new Promise<void>((resolve, reject) => {
      const done = () => {
        if (!ready()) return;
        clearTimeout(late);
        for (const off of offs) off();
        resolve();
      };
      const late = setTimeout(() => {
        for (const off of offs) off();
        reject(smarticoError('not_identified', `after ${PATIENCE / 1000} s`));
      }, PATIENCE);
      const offs = ['identify', 'label_init_completed'].map((key) => callbacks.on(key, done));
      done();
    });
  const setting = async (of: keyof ReturnType<typeof customer.settings>) => {
    await waitIdentified();
    return customer.settings()[of] ?? '';
  };

  /** A room that did not come is told, and fetched again with the next use. */
  const missing = (room: string) => (cause: unknown) => {
    if (room === 'ui') drawing = undefined;
    else answering = undefined;
    tell('room_unavailable', room, cause);
    throw smarticoError('room_unavailable', room);
  };
  const asks = () => {
    answering ??= needs.rooms.load('api', settings().address, ROOMS).then(({ createQuestions }) => {
      questions = createQuestions({
        platform,
        name,
        prefix,
        ask,
        user: identity.user,
        props: () => customer.props() as never,
        waitIdentified,
        bodiesAt: () => setting('INBOX_PUBLIC_CDN'),
        publicKey: () => setting('PUSH_PUBLIC_KEY'),
        worker: () => settings().worker,
        scriptUrl: needs.rooms.scriptUrl,
        report: engagements.report,
        openLink,
        tell,
      });
      return questions;
    }, missing('api'));
    return answering;
  };
  const api = new Proxy({} as SmarticoApi, {
    get(_, call) {
      if (call === 'getUserProfile') return profile;
      if (typeof call === 'string') return async (...args: never[]) => (await asks()).api[call]?.(...args);
    },
  });
  const profile = () => {
    const props = customer.props();
    if (!props || props.is_visitor) throw smarticoError('not_identified', 'getUserProfile()');
    return props;
  };
  const draw = async (on: (ui: Ui) => unknown) => {
    drawing ??= needs.rooms.load('ui', settings().address, ROOMS).then(({ createUi }) => {
      drawn = createUi({
        platform,
        name,
        contentUrl: (uid) => `${customer.settings().CONTENT_URL}${uid}`,
        widgetUrl,
        openLink,
        report: engagements.report,
        suspended: suspension.held,
        eligible: (engagement_uid) => ask(cids.eligible, { engagement_uid }).then(({ eligible }) => eligible === true),
        api,
        props: () => customer.props() as never,
        callbacks,
        language: () => settings().language || `${customer.props()?.core_user_language ?? 'en'}`,
        skin: () => session.get(`${prefix}skin`) ?? 'base',
        tell,
      });
      return drawn;
    }, missing('ui'));
    return on(await drawing) as never;
  };
  const ring = () => {
    if (ready() && document.querySelector(BELLS)) draw((ui) => ui.ringBells()).catch(() => {}); // told by `draw`
  };
  const widgetUrl = (screen: string) =>
    `${new URL(`${settings().address}/widget`, root.location.href)}?${new URLSearchParams({
      label_key: settings().label,
      brand_key: settings().brand ?? '',
      user_ext_id: identity.user() ?? '',
      user_hash: identity.hash() ?? '',
      lang: settings().language,
      screen,
    })}`;

  const suspension = createSuspension({
    session,
    key: `${prefix}holds`,
    location: root.location,
    now,
    rules: () => [
      ...settings().suspendOn,
      ...(customer?.settings().FRONT_DISABLE_POPUP_INBOX_ON_URLS ?? '').split(',').filter(Boolean),
    ],
    released: () => drawn?.resume(),
  });
  const customer = createCustomer(
    needs,
    (props) => questions?.heard({ cid: cids.propsPush, props } as PropsPush),
    () => {
      speak();
      enter();
      if (local.get(`${prefix}push`)) void asks().then((room) => room.attachPush());
      suspension.navigated();
      ring();
    },
  );
  const channel = createChannel({
    now,
    random,
    openSocket: root.WebSocket && ((ears) => openSocket(root, settings().address, ears)),
    openHttp: (ears) =>
      openHttp(root, settings().address, ears, () => ({
        api_key: settings().label,
        brand_key: settings().brand,
        ext_user_id: settings().visitor ? null : identity.user(),
        hash: identity.hash(),
        device_id: device(),
      })),
    greet: () => customer.greet(channel.exchange),
    onPush(pushed) {
      engagements.heard(pushed);
      questions?.heard(pushed);
    },
  });
  const { ask } = channel;
  const engagements = createEngagements({
    store: local,
    key: `${prefix}seen`,
    record,
    openLink,
    popup: (popup) => void draw((ui) => ui.popup(popup)).catch(() => {}), // told by `draw`; it is pending, and comes again
    props: customer.merge,
  });
  const logins = createLoginWindow(local, () => `${mine()}login`, now);
  const runVerb = createVerbs({
    root,
    callbacks,
    named: () => customer.settings().DEEP_LINKS,
    hosts: () => customer.settings().LINK_HOSTS,
    openInbox: () => void draw((ui) => ui.openInbox()).catch(() => {}), // told by `draw`
    askForPush: () => void methods.requestPushPermissions().catch(() => {}), // told where it failed
    showWidget: (screen) => void showWidget(screen).catch(() => {}), // told where it failed
    tell,
  });

  /** The customer's language is the page's. */
  const speak = () => {
    const { language: next } = settings();
    if (!customer.identified() || !next || next === customer.props()?.core_user_language) return;
    record('core_language_changed', { language: next });
    customer.merge({ core_user_language: next });
  };
  const enter = () => {
    const user = identity.user();
    if (!wanted || !user || !customer.identified()) return;
    const payload = wanted;
    wanted = undefined;
    if (!logins.enter(user)) return;
    record('login', { ...payload, ...(entry && { core_last_login_entry: entry }) });
    callbacks.emit('login');
  };
  const showWidget = async (type: string, params?: object) => {
    await waitIdentified();
    return draw((ui) => ui.showWidget(type, { ...params }));
  };
  const forget = () => {
    customer.forget();
    questions?.forget();
    engagements.forget();
    drawn?.reset();
  };
  const suspend = (surface: Surface) => (hold: unknown, options?: object) => suspension.set(surface, hold, options);

  const methods = {
    suspendPopups: suspend('popups'),
    suspendInbox: suspend('inbox'),
    suspendMiniGames: suspend('games'),
    setSkin: (skin: unknown) => void session.set(`${prefix}skin`, `${skin}`),
    showWidget,
    requestPushPermissions: async () => (await asks()).requestPush(),
    registerNativePushToken: async (...args: [unknown, unknown, unknown]) => (await asks()).registerNativePush(...args),
    ...Object.fromEntries(
      OTHERS.map((method) => [
        method,
        () => {
          tell('not_available', method);
          throw smarticoError('not_available', method);
        },
      ]),
    ),
  };

  // An open socket would cost the page its place in the back-forward cache.
  root.addEventListener('pagehide', channel.close);
  root.addEventListener('pageshow', ({ persisted }) => persisted && who && channel.open());
  root.addEventListener('online', channel.hurry);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    channel.hurry();
    drawn?.resume();
  });
  if (settings().debug) nag(root, name, tell);

  return {
    api,
    identified: customer.identified,
    props: customer.props,
    sync() {
      const { label, visitor, language: next } = settings();
      const user = visitor ? null : identity.user();
      // A user whom the collector knows already needs no other proof.
      const now = JSON.stringify([label, visitor, user, customer.identified() ? undefined : identity.hash()]);
      if (next !== language) {
        language = next;
        questions?.forget();
        speak();
      }
      if (now === who) return;
      const [before, , former] = who ? JSON.parse(who) : [];
      who = now;
      if (before === label && former === user && customer.identified()) return;
      if (former !== undefined && (before !== label || former !== user)) {
        forget();
        if (former !== null && user === null) logins.close();
      }
      channel.close();
      channel.open();
    },
    login(payload = {}) {
      wanted = payload;
      enter();
    },
    enters(name) {
      entry = name;
    },
    stop() {
      who = '';
      wanted = undefined;
      forget();
      channel.close();
    },
    expect: customer.merge,
    expectTags: customer.expectTags,
    runLink: (link) =>
      void waitIdentified().then(
        () => runVerb(link),
        () => tell('link_dropped', link.verb),
      ),
    navigated() {
      suspension.navigated();
      ring();
    },
    clear: () => questions?.forget(),
    methods,
  };
};
