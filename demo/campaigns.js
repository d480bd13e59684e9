/* What follows an event, as a customer sees it: the calls that cause it, and what came back to this page. */
(() => {
  const element = (id) => document.getElementById(id);
  const { user } = window.demo.session.read();
  const { operator } = window.demo;
  const said = (id, text) => {
    element(id).textContent = text;
  };
  const happened = (part, does) => {
    document.querySelector(`[data-part="${part}"]`).classList.toggle('done', does);
  };

  if (user) {
    said('state', `What follows is for ${user}, while you look.`);
    element('in-live').href = `/live#key=demo-admin&customer=${encodeURIComponent(user)}`;
    operator.registered(user).catch((cause) => said('ordered', `The registration was not taken: ${cause.message}.`));
  }

  window.demo.call('on', 'segment:REGULARS', (isIn) => happened('segment', isIn));
  const seen = () => {
    const props = window._smartico.getPublicProps?.();
    if (!props) return;
    happened('tag', props.core_public_tags.includes('REGULAR'));
    happened('inbox', props.core_inbox_unread_count > 0);
    happened('level', props.ach_level_current === 'Silver');
  };
  window.demo.call('on', 'props_change', seen);
  window.demo.loaded.then(({ identified }) => identified()).then(seen);

  let deposits = 0;
  element('deposit').addEventListener('click', () => {
    window.demo.call('action', 'DEPOSIT_CLICKED', { amount: 50 });
    deposits += 1;
    said(
      'pressed',
      deposits === 1 ? 'One deposit since this page opened.' : `${deposits} deposits since this page opened.`,
    );
  });
  element('missions').addEventListener('click', async () => {
    if (!user) return said('pressed', 'Missions are for customers: log in first.');
    const { showWidget, flush } = await window.demo.loaded;
    await flush();
    await showWidget('missions');
  });

  const orders = {
    reset: 'Asked. The e-mail is in the live view.',
    cashback: 'Paid. The e-mail is in the live view, and a message behind the bell.',
    stock: 'Told. Whoever looked at the lamp finds a message behind the bell.',
  };
  element('main').addEventListener('click', async ({ target }) => {
    const { prize, item, order } = target.dataset;
    if (prize) window.demo.call('action', 'PIGGY-BANK-CLICK', { prize });
    if (item) {
      window.demo.call('action', 'item_viewed', { item });
      said('ordered', 'Your look is reported.');
    }
    if (!order) return;
    if (!user && order !== 'stock') return said('ordered', 'That needs a customer: log in first.');
    said('ordered', 'Telling the collector …');
    said(
      'ordered',
      await operator[order](user).then(
        () => orders[order],
        (cause) => `Not taken: ${cause.message}.`,
      ),
    );
  });
})();
