/* What every page of the demo shares: how to call the SDK, and the customer's name and bell in the header. */

/* Once the SDK has loaded, `_smartico.action(...)`; before, the stub keeps `_smartico('action', ...)` for it. */
window.demo.call = (method, ...given) =>
  typeof window._smartico[method] === 'function'
    ? window._smartico[method](...given)
    : window._smartico(method, ...given);

/* For what needs an answer: the SDK itself, as soon as it has loaded. */
window.demo.loaded = new Promise((resolve) => {
  const give = () => resolve(window._smartico);
  if (window._smartico.version) give();
  else document.querySelector('script[data-label]').addEventListener('load', give);
});

window.demo.showUser = () => {
  const { user, consent } = window.demo.session.read();
  const who = document.getElementById('who');
  who.textContent = user || 'Visitor';
  who.setAttribute('aria-label', user ? `Logged in as ${user}` : 'Visitor, log in');
  document.getElementById('bell').hidden = !user;
  document.getElementById('refused').hidden = consent !== 'no';
};
window.demo.showUser();
