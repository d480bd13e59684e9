/* What every page of the demo shares: one way to call the SDK, and the customer's name in the header. */

/* Once the SDK has loaded, `_smartico.action(...)`; before, the stub keeps `_smartico('action', ...)` for it. */
window.demo.call = (method, ...given) =>
  typeof window._smartico[method] === 'function'
    ? window._smartico[method](...given)
    : window._smartico(method, ...given);

window.demo.showUser = () => {
  const user = window.demo.user.get();
  const who = document.getElementById('who');
  who.textContent = user || 'Visitor';
  who.setAttribute('aria-label', user ? `Logged in as ${user}` : 'Visitor, log in');
};
window.demo.showUser();
