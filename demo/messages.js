/* The inbox drawn by the site itself, what holds popups back, and push. */
(() => {
  const element = (id) => document.getElementById(id);
  const { user } = window.demo.session.read();
  if (user) element('state').textContent = `What comes for ${user} shows here while you look.`;

  const button = (text, press) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.addEventListener('click', press);
    return made;
  };
  const line = ({ message_guid: guid, sent_date, read, favorite, body }, api, again) => {
    const item = document.createElement('li');
    const title = document.createElement('h3');
    const text = document.createElement('p');
    const date = document.createElement('small');
    const buttons = document.createElement('div');
    const after = (change) => () => change().then(again);
    title.textContent = body.title;
    text.textContent = body.preview_body;
    date.textContent = `${sent_date} UTC`;
    item.className = read ? 'read' : 'unread';
    buttons.className = 'buttons';
    if (!read)
      buttons.append(
        button(
          'Mark as read',
          after(() => api.markInboxMessageAsRead(guid)),
        ),
      );
    const star = () => api.markUnmarkInboxMessageAsFavorite(guid, !favorite);
    buttons.append(button(favorite ? 'Unstar' : 'Star', after(star)));
    buttons.append(
      button(
        'Delete',
        after(() => api.deleteInboxMessage(guid)),
      ),
    );
    item.append(title, text, date, buttons);
    return item;
  };
  const start = async () => {
    const smartico = await window.demo.loaded;
    const { api } = smartico;
    await smartico.identified();
    const draw = async () => {
      const messages = await api.getInboxMessagesWithBodies();
      element('inbox').replaceChildren(...messages.map((message) => line(message, api, draw)));
      element('empty').hidden = messages.length > 0;
    };
    const count = (unread) => {
      element('unread').textContent = unread ? `(${unread} unread)` : '';
      return draw();
    };
    element('all-read').addEventListener('click', () => api.markAllInboxMessagesAsRead().then(draw));
    await count(await api.getInboxUnreadCount({ onUpdate: count }));
  };
  start();

  element('open').addEventListener('click', () => window.demo.call('dp', 'dp:inbox'));
  const hold = (reason, more) =>
    document.querySelector(`[name="${reason}"]`).addEventListener('change', ({ target }) => {
      window.demo.call('suspendPopups', target.checked, { reason, ...more });
    });
  hold('game');
  hold('video', { ttl: 60_000 });
  element('skin').addEventListener('change', ({ target }) => window.demo.call('setSkin', target.value));

  const words = {
    allowed: 'This browser will show what is pushed.',
    ask: 'You closed the question; press again to be asked again.',
    blocked: 'You blocked notifications of this site; the browser’s settings can change that.',
    unavailable: 'This browser cannot be pushed to; the console says why.',
  };
  element('push').addEventListener('click', async () => {
    const { requestPushPermissions } = await window.demo.loaded;
    element('allowed').textContent = words[await requestPushPermissions()];
  });
})();
