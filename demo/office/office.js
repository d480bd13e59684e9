/* The widget of one customer in a frame, and its two words to the page around: it is there, and it wants to be closed. */
const READY = 1;
const CLOSE = 2;
const widget = document.getElementById('widget');
const done = document.getElementById('done');
/* One machine, two origins: this page on localhost frames the collector on 127.0.0.1, and the other way round. */
const collector = new URL(location.origin);
collector.hostname = location.hostname === '127.0.0.1' ? 'localhost' : '127.0.0.1';

document.getElementById('find').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  const { user, screen } = Object.fromEntries(new FormData(submit.target));
  const address = new URL('/widget', collector);
  address.search = new URLSearchParams({
    label_key: 'demo-label',
    brand_key: 'demo-brand',
    user_ext_id: user,
    user_hash: await window.demo.prove(user),
    screen,
  });
  done.textContent = '';
  widget.hidden = false;
  widget.src = address;
});
addEventListener('message', ({ source, origin, data }) => {
  if (source !== widget.contentWindow || origin !== collector.origin) return;
  if (data.bcid === READY) done.textContent = `${document.getElementById('user').value} is shown.`;
  if (data.bcid === CLOSE) {
    widget.hidden = true;
    widget.removeAttribute('src');
    done.textContent = 'Closed.';
  }
});
