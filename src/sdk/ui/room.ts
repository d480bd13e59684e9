/**
 * The drawing room put together: popups, inbox, bells and widget over one layer. Wiring only.
 */
import { smarticoError } from '../notice.ts';
import { createBells } from './bells.ts';
import { type InboxPanel, openInboxPanel } from './inbox-panel.ts';
import { createLayer } from './layer.ts';
import { createPopups } from './popups.ts';
import type { Ui, UiNeeds } from './ui.ts';
import { createWidget } from './widget.ts';
import { speechIn } from './words.ts';

/** Published names of what we have. All that the customer is shown in: the profile, with level and badges. */
const PROFILE = /^(short_info1?|achievements2?|missions|liquid|ui-widget|gf(_badges|_levels|_missions)?)$/;
const INBOX = /^inbox(-widget)?$/;

export const createUi = (needs: UiNeeds): Ui => {
  const { platform, name, suspended, props, callbacks, language, skin, tell } = needs;
  const layer = createLayer(platform.root, name, skin);
  const speech = () => speechIn(language());
  const words = () => speech().words;
  let inbox: InboxPanel | undefined;
  /** The customer asked for the inbox while it was held back. */
  let wanted = false;

  const openInbox = () => {
    wanted = suspended('inbox');
    if (wanted) return void tell('suspended', 'inbox');
    if (inbox?.dialog.isConnected) return;
    // A page that cleared itself took it along.
    inbox?.forget();
    callbacks.emit('inbox_starting');
    inbox = openInboxPanel(needs, layer, speech(), () => {
      inbox = undefined;
    });
  };
  const popups = createPopups(needs, layer, words);
  const widget = createWidget(needs, layer, speech);
  const bells = createBells(platform, words, () => props()?.core_inbox_unread_count ?? 0, openInbox);
  callbacks.on(':props_change', () => bells.redraw());

  return {
    popup: popups.add,
    resume() {
      popups.look();
      if (wanted) openInbox();
    },
    reset() {
      wanted = false;
      popups.reset();
      inbox?.forget();
      widget.close();
      bells.redraw();
    },
    openInbox,
    async showWidget(type, params = {}) {
      const screen = INBOX.test(type) ? 'inbox' : PROFILE.test(type) && 'short_info';
      if (!screen) {
        tell('not_available', type);
        throw smarticoError('not_available', type);
      }
      if (screen === 'inbox' && !params.iframe) openInbox();
      else widget.open(screen, params);
    },
    ringBells: bells.ring,
  };
};
