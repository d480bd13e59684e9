/*
 * What an operator's back office sends to a customer by hand. The admin key belongs on a server and never in a page: it
 * stands here because the customer and the back office of this demo are the same person.
 */
(() => {
  const ADMIN_KEY = 'demo-admin';
  const engagement = (content) => ['engagements', content];
  const things = {
    popup: engagement({
      kind: 'popup',
      title: 'Your table is free',
      body: 'The dealer of Spade & Sons has kept a seat for you.',
      buttons: [
        { text: 'To the cashier', action: 'dp:deposit' },
        { text: 'Not now', action: 'dp:close' },
      ],
    }),
    html: engagement({
      kind: 'popup',
      title: 'Weekend offer',
      html: '<h2 style="margin:0 0 8px">50 % more</h2><p>On your first deposit of the weekend. Until Sunday, midnight.</p>',
      width: 420,
      height: 180,
      buttons: [{ text: 'Take it', action: 'dp:action&action=WEEKEND-OFFER' }],
    }),
    urgent: engagement({
      kind: 'popup',
      title: 'The cashier closes in ten minutes',
      priority: 100,
      body: 'Tonight only.',
    }),
    inbox: engagement({
      kind: 'inbox',
      title: 'Ten free rounds',
      body: 'For Night Comet, because it is Thursday.',
      image: '/lantern.svg',
      action: 'dp:action&action=FREE-ROUNDS',
    }),
    rich: engagement({
      kind: 'inbox',
      title: 'What is new at the tables',
      body: 'Two new dealers, and one table less.',
      html: '<p>Since this morning <strong>Mira</strong> and <strong>Jonas</strong> deal at the blue table.</p>',
      buttons: [{ text: 'To the lobby', action: '/' }],
    }),
    link: engagement({ kind: 'deep_link', dp: 'dp:inbox' }),
    tag: ['tags', { operation: 'add', tags: ['VIP'] }],
    push: ['push', { title: 'Lantern Casino', body: 'Your table is free.', action: 'dp:inbox' }],
  };
  /* The words for each answer of the collector's. */
  const told = ({ delivered, tags, sent, failed }) => {
    if (tags) return `Tags now: ${tags.join(', ')}.`;
    if (sent !== undefined && failed?.length) return `Sent to ${sent} browsers; ${failed[0].why}.`;
    if (sent !== undefined) return sent ? `Sent to ${sent} browsers.` : 'No browser of yours asked for notifications.';
    return delivered ? `Sent. Open pages that heard of it: ${delivered}.` : 'Sent. It waits for your next page.';
  };
  const send = async (user, [what, content]) => {
    const response = await fetch(`/v1/customers/${encodeURIComponent(user)}/${what}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(content),
    });
    const answer = await response.json();
    return response.ok ? told(answer) : `${answer.code}: ${answer.message}`;
  };

  document.getElementById('main').addEventListener('click', async ({ target }) => {
    const thing = things[target.dataset.send];
    if (!thing) return;
    const { user } = window.demo.session.read();
    const sent = document.getElementById('sent');
    sent.textContent = user ? 'Sending …' : 'Messages are for customers: log in first.';
    if (user) sent.textContent = await send(user, thing).catch((cause) => `Not sent: ${cause.message}.`);
  });
})();
