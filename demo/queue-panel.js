/* The corner that shows what waits on this device and what the collector last said. It only looks: it owns no events. */
(() => {
  const LOOK = 1_000;
  const OPEN = 'demo_queue_open';
  const make = (tag, attributes = {}, ...parts) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...parts);
    return made;
  };
  const remembered = {
    get: () => {
      try {
        return sessionStorage.getItem(OPEN) === 'yes';
      } catch {
        // Site data is blocked: the corner starts closed on every page.
        return false;
      }
    },
    set: (open) => {
      try {
        sessionStorage.setItem(OPEN, open ? 'yes' : 'no');
      } catch (refused) {
        console.info('Whether the corner is open is not remembered.', refused);
      }
    },
  };

  const waiting = make('b', {}, '–');
  const last = make('span', {}, 'SDK loading');
  const list = make('ol', {});
  const lost = make('p', {});
  const answer = make('p', { role: 'status' });
  const send = make('button', { type: 'button' }, 'Send now');
  const ask = make('button', { type: 'button' }, 'Why?');
  const live = make('a', { href: '/live#key=demo-admin', target: '_blank' }, 'Live view');
  const panel = make(
    'details',
    { class: 'queue', 'aria-label': 'Event queue' },
    make('summary', {}, make('span', {}, waiting, ' waiting'), last),
    make(
      'div',
      {},
      make('h2', {}, 'Last verdicts'),
      list,
      lost,
      make('p', { class: 'buttons' }, send, ask, live),
      answer,
    ),
  );
  panel.open = remembered.get();
  panel.addEventListener('toggle', () => remembered.set(panel.open));
  document.body.append(panel);

  const time = (at) => new Date(at).toLocaleTimeString('en-GB');
  const line = ({ verdict, eid, at, code }) =>
    make(
      'li',
      {},
      make('span', { class: verdict }, code || verdict),
      make('a', { href: `/live#key=demo-admin&event=${encodeURIComponent(eid)}`, target: '_blank' }, eid),
      make('time', {}, time(at)),
    );

  const show = ({ recent, dead, pending }, losses) => {
    waiting.textContent = String(pending);
    const newest = recent.at(-1);
    last.textContent = newest ? `last ${newest.verdict} ${time(newest.at)}` : 'nothing from this page';
    list.replaceChildren(...recent.slice(-5).reverse().map(line));
    list.hidden = !recent.length;
    const counts = Object.entries(losses).filter(([, count]) => count);
    const parts = counts.map(([reason, count]) => `${count} lost (${reason})`);
    if (dead.length) parts.unshift(`${dead.length} refused for good`);
    lost.textContent = parts.length ? parts.join(', ') : 'Nothing refused, nothing lost.';
  };
  const loaded = () => typeof window._smartico?.receipts === 'function';
  const look = async () => {
    if (document.hidden || !loaded()) return;
    show(await window._smartico.receipts(), await window._smartico.losses());
  };
  const lookAgain = async () => {
    await look().catch((problem) => {
      last.textContent = 'cannot be read';
      console.warn('The event queue cannot be read.', problem);
    });
    setTimeout(lookAgain, LOOK);
  };
  send.addEventListener('click', async () => {
    if (!loaded()) {
      answer.textContent = 'The SDK has not loaded.';
      return;
    }
    const { stored, duplicate, rejected, pending } = await window._smartico.flush();
    answer.textContent = `${stored} stored, ${duplicate} duplicate, ${rejected} rejected, ${pending} still waiting.`;
  });
  ask.addEventListener('click', async () => {
    if (!loaded()) {
      answer.textContent = 'The SDK has not loaded: the browser’s network panel says why.';
      return;
    }
    answer.textContent = 'The doctor looks …';
    const { verdict, says, todo } = await window._smartico.doctor();
    answer.textContent = `${verdict}: ${says} ${todo}`;
  });
  lookAgain();
})();
