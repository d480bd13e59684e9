/**
 * The widget's entry: reads the address, asks, shows, and tells whoever framed or opened it when it is ready and when it
 * closes. The messages are the published ones and hold nothing, so they may be heard by anybody.
 */
import { readAddress } from './address.ts';
import { button, element, icon } from './draw.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { profileScreen } from './profile.ts';
import { createQuestions, Refused } from './questions.ts';
import { directionOf, wordsIn } from './words.ts';

type Screen = 'profile' | 'inbox';

const READY = 1;
const CLOSE = 2;
const CROSS = 'M3 3l10 10M13 3 3 13';

const address = readAddress(location.search, navigator.languages);
const { lang, theme, user_ext_id } = address;
const words = wordsIn(lang);
const questions = createQuestions(address);
const root = document.documentElement;
const head = document.getElementById('head')!;
const main = document.getElementById('main')!;
const screens: Screen[] = ['profile', 'inbox'];
let inbox: Inbox | undefined;

const tell = (bcid: number): void => {
  const framing = parent === window ? (opener as Window | null) : parent;
  framing?.postMessage({ bcid }, '*');
};
const close = (): void => {
  tell(CLOSE);
  // Only a window that a page opened may close itself, and only then is there one to close.
  window.close();
};

const show = (...parts: Node[]): void => {
  main.removeAttribute('aria-busy');
  main.replaceChildren(...parts);
  main.scrollTop = 0;
};

const showProblem = (problem: unknown): void => {
  if (!(problem instanceof Refused)) throw problem;
  const again = problem.trouble === 'busy' || problem.trouble === 'unreachable';
  show(
    element('p', { class: 'trouble', role: 'alert' }, words[problem.trouble]),
    ...(again ? [button({ class: 'older' }, () => void start(), words.again)] : []),
  );
};

const drawHead = (unread: number, draw: { [screen in Screen]: () => void } | undefined): void => {
  const tab = (screen: Screen): HTMLButtonElement => {
    const count =
      screen === 'inbox' && unread > 0
        ? [
            ' ',
            element('span', { class: 'count' }, String(unread)),
            element('span', { class: 'unseen' }, ` ${words.unread}`),
          ]
        : [];
    const attributes = { role: 'tab', id: `tab-${screen}`, 'aria-controls': 'main' };
    return button(attributes, () => choose(screen), words[screen], ...count);
  };
  const tabs = element('div', { role: 'tablist' }, ...(draw ? screens.map(tab) : []));
  const choose = (screen: Screen): void => {
    for (const one of screens) {
      const made = document.getElementById(`tab-${one}`)!;
      made.setAttribute('aria-selected', String(one === screen));
      made.tabIndex = one === screen ? 0 : -1;
    }
    main.setAttribute('role', 'tabpanel');
    main.setAttribute('aria-labelledby', `tab-${screen}`);
    draw?.[screen]();
  };
  tabs.addEventListener('keydown', ({ key }) => {
    if (!['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(key)) return;
    const other = screens.find((one) => document.getElementById(`tab-${one}`) !== document.activeElement);
    if (!other) return;
    choose(other);
    document.getElementById(`tab-${other}`)?.focus();
  });
  head.replaceChildren(
    tabs,
    button({ class: 'close', 'aria-label': words.close, title: words.close }, close, icon(CROSS, 'cross')),
  );
  if (draw) choose(address.screen);
};

const start = async (): Promise<void> => {
  show(element('p', { class: 'empty', role: 'status' }, words.loading));
  main.setAttribute('aria-busy', 'true');
  try {
    const [{ props }, page] = await Promise.all([questions.customer(), questions.inbox(0)]);
    // After the first question: the customer may not have been known before it.
    const earned = await questions.earned();
    const contentUrl = `/content/${encodeURIComponent(address.label_key)}/`;
    const made = createInbox(page, { words, lang, questions, contentUrl, show, onProblem: showProblem });
    inbox = made;
    drawHead(page.unread_count, {
      profile: () => show(...profileScreen(props, earned, { words, lang, user: user_ext_id })),
      inbox: made.list,
    });
  } catch (problem) {
    showProblem(problem);
  }
  tell(READY);
};

root.lang = lang;
root.dir = directionOf(lang);
if (theme) root.dataset.theme = theme;
document.title = words[address.screen];
addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && !inbox?.back()) close();
});
drawHead(0, undefined);
void start();
