/* Who is logged in, and in which language. A real site prints this into its pages from its own session; here localStorage is the session. */
(() => {
  const KEY = 'demo_session';
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      // Site data is blocked: everybody is a visitor, on every page.
      return {};
    }
  };
  const set = (changes) => {
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...read(), ...changes }));
    } catch (refused) {
      console.info('The demo remembers this only for this page.', refused);
    }
  };
  window.demo = { session: { read, set } };

  const { user, hash, language } = read();
  if (language) window._smartico_language = language;
  if (user) {
    window._smartico_user_hash = hash;
    window._smartico_user_id = user;
  }
})();
