/* The platform: every round is reported, and the collector's word on it is shown. */
document.getElementById('tables').addEventListener('click', async ({ target }) => {
  const { table } = target.dataset;
  if (!table) return;
  const played = document.getElementById('played');
  window._smartico('action', 'PLATFORM_ROUND_PLAYED', { table });
  played.textContent = `A round at the ${table.toLowerCase()} table: kept on this device.`;
  const counts = await window._smartico.flush?.();
  if (counts && counts.pending === 0) played.textContent = `A round at the ${table.toLowerCase()} table: stored.`;
});
