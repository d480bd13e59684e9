/* Who is logged in at this demo site. A real site prints the id into the page from its session; here localStorage is the session. */
window.demo = {};
window.demo.user = {
  get: () => {
    try {
      return localStorage.getItem('demo_user');
    } catch {
      // Site data is blocked: everybody is a visitor, on every page.
      return null;
    }
  },
  set: (id) => {
    try {
      if (id) localStorage.setItem('demo_user', id);
      else localStorage.removeItem('demo_user');
    } catch (refused) {
      console.info('The demo login lasts only for this page.', refused);
    }
  },
};
if (window.demo.user.get()) window._smartico_user_id = window.demo.user.get();
