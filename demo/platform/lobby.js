/* The platform's lobby: what is reported right before its page is left, what opens in the page around, and markers. */
(() => {
  const element = (id) => document.getElementById(id);
  element('tables').addEventListener('click', ({ target }) => {
    const link = target.closest('a');
    if (!link) return;
    const table = new URL(link.href).searchParams.get('table');
    _smartico_inframe.action('PLATFORM_TABLE_OPENED', { table });
  });
  element('inbox').addEventListener('click', () => _smartico_inframe.dp('dp:inbox'));
  element('main').addEventListener('click', ({ target }) => {
    const { operation } = target.dataset;
    if (operation) _smartico_inframe.updatePublicTags(operation, ['VIP']);
  });
})();
