/* A table of the platform: every round is reported, and the collector's word on it is shown. */
(() => {
  const element = (id) => document.getElementById(id);
  const table = new URLSearchParams(location.search).get('table') ?? 'Blue';
  element('table').textContent = table;
  let rounds = 0;
  element('round').addEventListener('submit', async (submit) => {
    submit.preventDefault();
    const bet = Number(new FormData(submit.target).get('bet'));
    const round = ++rounds;
    const say = (text) => {
      element('played').textContent = `Round ${round}: ${text}.`;
    };
    _smartico_inframe.action('PLATFORM_ROUND_PLAYED', { table, bet });
    say('on its way');
    const { pending } = await _smartico_inframe.flush();
    say(pending ? 'kept on this device' : 'stored');
  });
})();
