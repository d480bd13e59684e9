/* The banner: the SDK waits for its answer, and remembers it for the whole site. */
(() => {
  const element = (id) => document.getElementById(id);
  const words = {
    yes: 'You said yes. Thank you; you can change your mind.',
    no: 'You said no: what waited is gone, and nothing is stored or sent. You can change your mind.',
  };
  const show = () => {
    const { consent } = window.demo.session.read();
    if (consent) element('question').textContent = words[consent];
    element('yes').hidden = consent === 'yes';
    element('no').hidden = consent === 'no';
  };
  const answer = (consent) => {
    window.demo.session.set({ consent });
    window.demo.call('consent', consent === 'yes');
    show();
    window.demo.showUser();
  };
  element('yes').addEventListener('click', () => answer('yes'));
  element('no').addEventListener('click', () => answer('no'));
  element('click').addEventListener('click', () => {
    const kept = window.demo.call('action', 'NEWSLETTER-CLICK');
    element('done').textContent = kept ? 'Captured. With a yes it is sent, now or later.' : 'Not captured.';
  });
  show();
})();
