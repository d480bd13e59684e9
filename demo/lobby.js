/* The lobby: every game tile reports its click. */
document.getElementById('tiles').addEventListener('click', ({ target }) => {
  const tile = target.closest('[data-game]');
  if (!tile) return;
  const { game } = tile.dataset;
  window.demo.call('action', 'GAME_TILE_CLICKED', { game });
  document.getElementById('picked').textContent = `${game} would open now. Its click is reported.`;
});
