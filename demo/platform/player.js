/* Who is playing, kept up to date by the page around: it tells this page what it knows of the customer, and every change. */
(() => {
  const player = document.getElementById('player');
  if (window === window.parent) player.textContent = 'No page is around: open /b2b/';
  const show = () => {
    const { core_public_tags: tags = [], core_inbox_unread_count: unread } = _smartico_inframe.getPublicProps() ?? {};
    player.textContent = ['test98635568', ...tags, unread && `${unread} unread`].filter(Boolean).join(' · ');
  };
  _smartico_inframe.on('identify', show);
  _smartico_inframe.on('props_change', show);
})();
