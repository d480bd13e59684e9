/* The customer in the page: what is known of them, kept up to date, and the calls that change it. */
(() => {
  const SEGMENTS = ['VIP', 'HIGH_ROLLERS', 'WEEKENDERS', 'GERMAN_SPEAKERS'];
  const element = (id) => document.getElementById(id);
  const say = (text) => {
    element('done').textContent = text;
  };
  const onSubmit = (id, work) =>
    element(id).addEventListener('submit', (submit) => {
      submit.preventDefault();
      work(new FormData(submit.target), submit.submitter);
    });

  const shown = (name, value) => {
    if (value === null || value === '') return '–';
    if (name === 'core_registration_date') return new Date(value).toLocaleString('en-GB');
    return Array.isArray(value) ? value.join(', ') || '–' : String(value);
  };
  const line = ([name, value], isNew) => {
    const [pair, term, text] = ['div', 'dt', 'dd'].map((tag) => document.createElement(tag));
    term.textContent = name;
    text.textContent = shown(name, value);
    if (isNew) text.className = 'new';
    pair.append(term, text);
    return pair;
  };
  /* `changed` holds what became different; at first that is the whole. */
  const draw = (changed = {}) => {
    const isFirst = !element('props').childElementCount;
    const props = window._smartico.getPublicProps?.();
    const known = props && !props.is_visitor ? Object.entries(props) : [];
    element('nobody').hidden = known.length > 0;
    element('props').replaceChildren(...known.map((entry) => line(entry, !isFirst && entry[0] in changed)));
  };
  window.demo.call('on', 'props_change', draw);
  window.demo.call('on', 'logout', () => draw());

  onSubmit('markers', (form, { value: operation }) => {
    const tags = form.get('tags').split(',');
    window.demo.call('updatePublicTags', operation, operation === 'clear' ? [] : tags);
    say(`Tags: ${operation}.`);
  });
  onSubmit('nickname', (form) => {
    window.demo.call('setNickname', form.get('name'));
    say('Nickname set.');
  });
  element('avatar').addEventListener('click', () => {
    window.demo.call('setAvatar', new URL('/lantern.svg', location.href).href);
    say('Picture set.');
  });
  element('lang').value = window.demo.session.read().language ?? 'en';
  onSubmit('language', (form) => {
    const language = form.get('lang');
    window.demo.session.set({ language });
    window.demo.call('changeLanguage', language);
    say(`Language: ${element('lang').selectedOptions[0].textContent}.`);
  });
  onSubmit('segments', async () => {
    if (!window.demo.session.read().user) return say('Log in first.');
    const { api, flush } = await window.demo.loaded;
    await flush();
    const matches = await api.checkSegmentListMatch(SEGMENTS);
    const lines = matches.map(({ segment_id, is_matching }) => {
      const item = document.createElement('li');
      item.textContent = segment_id;
      item.className = is_matching ? 'yes' : 'no';
      item.append(is_matching ? ' yes' : ' no');
      return item;
    });
    element('matches').replaceChildren(...lines);
  });

  const show = async (options) => {
    if (!window.demo.session.read().user) return say('Log in first.');
    const { showWidget } = await window.demo.loaded;
    await showWidget('short_info', options);
  };
  element('over').addEventListener('click', () => show());
  element('inside').addEventListener('click', async () => {
    element('widget').hidden = false;
    await show({ iframe: 'widget', height: 520 });
  });
  window.demo.call('on', 'gf_closing', () => {
    element('widget').hidden = true;
  });
})();
