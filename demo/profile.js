/* Login and logout in both published ways, the entry point, and a button with a payload. */
const done = (text) => {
  document.getElementById('done').textContent = text;
};
const showState = () => {
  const { user } = window.demo.session.read();
  document.getElementById('state').textContent = user ? `You are logged in as ${user}.` : 'You are a visitor.';
  document.getElementById('logout').hidden = !user;
  window.demo.showUser();
};
showState();

document.getElementById('login').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  const { user, how } = Object.fromEntries(new FormData(submit.target));
  const id = user.trim();
  if (!id) return done('A customer needs an id.');
  const hash = await window.demo.prove(id);
  window.demo.session.set({ user: id, hash });
  if (how === 'online') window.demo.call('online', id, 'EN', hash);
  else {
    window._smartico_user_hash = hash;
    window._smartico_user_id = id;
  }
  showState();
  done(`Logged in as ${id}.`);
});
document.getElementById('logout').addEventListener('click', () => {
  window.demo.session.set({ user: null, hash: null });
  // A site needs only the one that goes with its way of logging in.
  window.demo.call('logout');
  window._smartico_user_id = null;
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
document.getElementById('utms').addEventListener('click', () => {
  window.demo.call('setUTMs', 'newsletter', 'november');
  done('Campaign set: newsletter, november.');
});
document.getElementById('piggy').addEventListener('click', () => {
  window.demo.call('action', 'PIGGY-BANK-CLICK', { prize: 'ABC' });
  done('The piggy bank is broken, and reported.');
});
