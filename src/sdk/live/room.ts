/**
 * The live room put together: one customer, one line to the collector, and what hangs on them. Wiring only.
 */
import { cids, type PropsPush } from '../../wire/protocol.ts';
import { stringify } from '../json.ts';
import type { Surface } from '../ui/ui.ts';
import { callByName } from './call-by-name.ts';
import { createChannel } from './channel.ts';
import { createCustomer } from './customer.ts';
import { createEngagements } from './engagements.ts';
import { createLateRooms } from './late-rooms.ts';
import type { Live, LiveNeeds } from './live.ts';
import { createLoginWindow } from './login-window.ts';
import { createLogins } from './logins.ts';
import { openHttp, openSocket } from './mouth.ts';
import { nag } from './nag.ts';
import { createSuspension, surfaces } from './suspension.ts';
import { createVerbs } from './verbs.ts';
import { whenReady } from './when-ready.ts';

const BELLS = '[data-smartico-bell]';

export const createLive = (needs: LiveNeeds): Live => {
  const { platform, name, prefix, settings, identity, device, record, callbacks, openLink, tell } = needs;
  const { root, local, session, now, random } = platform;
  const { document } = root;
  const mine = () => `${prefix}${encodeURIComponent(settings().label)}:`;
  /** Who is greeted, and in which language: another one is another line, or another word. */
  let who = '';
  let language = '';
  /** How many users this page has had. */
  let users = 0;

  const ready = () => customer.identified() || (settings().visitor && customer.props() !== null);
  const waitIdentified = whenReady(callbacks, ready);
  const ring = () => {
    if (ready() && document.querySelector(BELLS)) rooms.draw((ui) => ui.ringBells()).catch(() => {}); // told by `draw`
  };
  /** Somebody listens to a segment: the room that asks for it is wanted. */
  const listen = () => {
    if (ready() && /\bsegment:/.test(`${callbacks.keys()}`)) rooms.asks().catch(() => {}); // told by `asks`
  };
  const customer = createCustomer(
    needs,
    (props) => rooms.questions()?.heard({ cid: cids.propsPush, props } as PropsPush),
    () => {
      speak();
      logins.enter();
      suspension.navigated();
      ring();
    },
  );
  const suspension = createSuspension({
    session,
    key: `${prefix}holds`,
    location: root.location,
    now,
    rules: () => [
      ...settings().suspendOn,
      ...(customer.settings().FRONT_DISABLE_POPUP_INBOX_ON_URLS ?? '').split(',').filter(Boolean),
    ],
    released: () => rooms.drawn()?.resume(),
  });
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
    async greet() {
      const outcome = await customer.greet(channel.exchange);
      // A browser that is subscribed: clicks on its notifications are heard, and it belongs to whoever this is.
      if (outcome !== 'ready') return outcome;
      needs.release();
      listen();
      if (local.get(`${prefix}push`))
        void rooms.asks().then(
          (room) => room.attachPush(),
          () => {},
        );
      return outcome;
    },
    onPush(pushed) {
      // Published clients listen to classes of messages by their number.
      callbacks.emit(`${pushed.cid}`, pushed);
      engagements.heard(pushed);
      rooms.questions()?.heard(pushed);
    },
  });
  const { ask } = channel;
  const engagements = createEngagements({
    store: local,
    key: `${prefix}seen`,
    record,
    hidden: () => document.visibilityState === 'hidden',
    openLink(link) {
      const whose = users;
      // Over HTTP it comes with the very answer that identifies. Nobody identified: it is pending, and sent again.
      waitIdentified().then(
        () => whose === users && openLink(link),
        () => {},
      );
    },
    popup(popup) {
      const whose = users;
      // The drawing room may come after the user went. Not come is told by `draw`: the popup is pending, and is sent again.
      rooms.draw((ui) => whose === users && ui.popup(popup)).catch(() => {});
    },
    props: customer.merge,
  });
  const rooms = createLateRooms({
    ...needs,
    ask,
    customer,
    suspended: (surface) => suspension.held(surface),
    acts: (link) => verbs.acts(link),
    report: engagements.report,
    waitIdentified,
  });
  const loginWindow = createLoginWindow(local, () => `${mine()}login`, now);
  const logins = createLogins({
    window: loginWindow,
    user: () => (customer.identified() ? identity.user() : null),
    begin(payload) {
      record('login', payload);
      callbacks.emit('login');
    },
  });
  const verbs = createVerbs({
    root,
    callbacks,
    named: () => customer.settings().DEEP_LINKS,
    hosts: () => customer.settings().LINK_HOSTS,
    openInbox: () => void rooms.draw((ui) => ui.openInbox()).catch(() => {}), // told by `draw`
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
  const showWidget = async (type: string, params?: object) => {
    await waitIdentified();
    return rooms.draw((ui) => ui.showWidget(type, { ...params }));
  };
  const forget = () => {
    users++;
    customer.forget();
    rooms.questions()?.forget();
    rooms.drawn()?.reset();
  };
  const trace = (level: string) => (message: unknown) => void record('core_client_message', { level, message });
  const suspend = (surface: Surface) => (hold: unknown, options?: object) => suspension.set(surface, hold, options);

  const methods = {
    suspendPopups: suspend('popups'),
    suspendInbox: suspend('inbox'),
    suspendMiniGames: suspend('games'),
    setSkin: (skin: unknown) => void session.set(`${prefix}skin`, `${skin}`),
    showWidget,
    requestPushPermissions: async () => (await rooms.asks()).requestPush(),
    registerNativePushToken: async (...args: [unknown, unknown, unknown]) =>
      (await rooms.asks()).registerNativePush(...args),
    sendAnalytics: (id: unknown, seconds = null) => void record('core_analytics', { id, seconds }),
    startLpAnalytics: (id = 'lp') => void record('core_analytics', { id, seconds: null }),
    sendServerError: trace('error'),
    sendServerDebug: trace('debug'),
  };

  // An open socket would cost the page its place in the back-forward cache.
  root.addEventListener('pagehide', channel.close);
  root.addEventListener('pageshow', ({ persisted }) => persisted && who && channel.open());
  root.addEventListener('online', channel.hurry);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    channel.hurry();
    if (engagements.missed()) channel.open();
    rooms.drawn()?.resume();
  });
  callbacks.on(':listened', listen);
  if (settings().debug) nag(root, name, tell);

  return {
    api: rooms.api,
    identified: customer.identified,
    props: customer.props,
    sync() {
      const { label, visitor, language: next } = settings();
      const user = visitor ? null : identity.user();
      // A user whom the collector knows already needs no other proof.
      const now = stringify([label, visitor, user, customer.identified() ? undefined : identity.hash()]);
      if (next !== language) {
        language = next;
        rooms.questions()?.forget();
        speak();
      }
      if (now === who) return;
      const [before, , former] = who ? JSON.parse(who) : [];
      who = now;
      if (before === label && former === user && customer.identified()) return;
      const another = before !== label || former !== user;
      if (another) forget();
      if (former && another) {
        // Another user than the one who was to be logged in, and who was shown things; a logout makes the next login count.
        logins.leave(former === user);
        engagements.forget();
        if (user === null) {
          loginWindow.close();
          rooms.detachPush();
        }
      }
      if (!customer.identified()) callbacks.forget('identify');
      // A visitor of this page who has a name now needs no other line; anybody else does.
      if (before !== label || former !== null) channel.close();
      channel.open();
    },
    login(payload = {}) {
      logins.want(payload);
    },
    enters: logins.from,
    stop() {
      who = '';
      logins.leave(false);
      forget();
      rooms.detachPush();
      channel.close();
    },
    expect: customer.merge,
    expectTags: customer.expectTags,
    ready,
    runLink: verbs.run,
    navigated() {
      suspension.navigated();
      ring();
    },
    clear: () => rooms.questions()?.forget(),
    call: callByName(methods, tell),
    condition: () => ({ line: channel.state(), held: surfaces.filter(suspension.held) }),
  };
};
