/* A link of the page's own, and links that the page runs by itself. */
window.demo.call('on', 'dp:confetti', ({ params }) => {
  document.getElementById('heard').textContent = `Confetti, ${params.colour}.`;
});
document.getElementById('buttons').addEventListener('click', ({ target }) => {
  if (target.dataset.dp) window.demo.call('dp', target.dataset.dp);
});
