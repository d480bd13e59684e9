/* Login and logout in both published ways, the entry point, and a button with a payload. */
const done = (text) => {
  document.getElementById('done').textContent = text;
};
const showState = () => {
  const user = window.demo.user.get();
  document.getElementById('state').textContent = user ? `You are logged in as ${user}.` : 'You are a visitor.';
  document.getElementById('logout').hidden = !user;
  window.demo.showUser();
};
showState();

document.getElementById('login').addEventListener('submit', (submit) => {
  submit.preventDefault();
  const { user, how } = Object.fromEntries(new FormData(submit.target));
  const id = user.trim();
  if (!id) return done('A customer needs an id.');
  if (how === 'online') window.demo.call('online', id, 'EN', null);
  else window._smartico_user_id = id;
  window.demo.user.set(id);
  showState();
  done(`Logged in as ${id}.`);
});
document.getElementById('logout').addEventListener('click', () => {
  window.demo.call('logout');
  window._smartico_user_id = null;
  window.demo.user.set(null);
  showState();
  document.getElementById('user').focus();
  done('Logged out. What you do now belongs to a visitor.');
});
document.getElementById('entry').addEventListener('submit', (submit) => {
  submit.preventDefault();
  const point = document.getElementById('point');
  window.demo.call('setEntryPoint', point.value);
  done(`Entry point set: ${point.selectedOptions[0].textContent}.`);
});
document.getElementById('piggy').addEventListener('click', () => {
  window.demo.call('action', 'PIGGY-BANK-CLICK', { prize: 'ABC' });
  done('The piggy bank is broken, and reported.');
});
