/**
 * The form that sends one customer something, and says beforehand what the collector would refuse or take out, and why.
 */

import { Refused } from './ask.ts';
import { type Draft, type Kind, kinds, noticeIn, type Part, parts, partsOf, wantedIn } from './draft.ts';
import { byId, element } from './draw.ts';
import type { ReadApi } from './read-api.ts';
import type { Mistake, PushReport, Removed, Sent } from './shapes.ts';
import type { Whose } from './whose.ts';
import { countOf } from './words.ts';

interface SendFormNeeds {
  api: Pick<ReadApi, 'preview' | 'send' | 'push'>;
  /** Who is shown. */
  customer(): Whose | null;
  onSent(): void;
}

const TYPING = 350;
const HOUR = 3_600_000;

const labels: { [part in Part]: [label: string, hint: string] } = {
  title: ['Title', ''],
  body: ['Text', ''],
  html: ['HTML', 'framed without script'],
  dp: ['Link', 'dp:inbox, /promo or https://…'],
  image: ['Picture', 'https://…'],
  icon: ['Icon', 'https://…'],
  button: ['Button', ''],
  action: ['Opens', '/promo, dp:inbox'],
  expires: ['Expires', ''],
};
const expiries: [label: string, milliseconds: string][] = [
  ['never', ''],
  ['in an hour', String(HOUR)],
  ['in a day', String(24 * HOUR)],
  ['in a week', String(168 * HOUR)],
];

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const fieldOf = (part: Part): Field => {
  const id = `send-${part}`;
  const attributes = { id, placeholder: labels[part][1], autocomplete: 'off' };
  if (part === 'expires')
    return element('select', { id }, ...expiries.map(([label, value]) => element('option', { value }, label)));
  return part === 'html' || part === 'body'
    ? element('textarea', { ...attributes, rows: part === 'html' ? 5 : 2 })
    : element('input', attributes);
};

/** Where in the form a mistake of the request stands. */
const partAt = (path: string): Part | undefined => {
  const place = /^buttons\[0\]\.(text|action)$/.exec(path)?.[1] ?? path.replace(/_at$/, '');
  return parts.find((part) => part === (place === 'text' ? 'button' : place));
};

const mistakeText = ({ path, code, reason }: Mistake): (Node | string)[] => {
  const part = partAt(path);
  return [element('b', {}, part ? labels[part][0] : path), ` ${reason} `, element('code', {}, code)];
};
const removedText = ({ what, why }: Removed): (Node | string)[] => [element('code', {}, what), ` ${why}`];

/** Random also where a page came over plain http, which has no `randomUUID`. */
const newUid = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

const sentText = ({ delivered }: Sent): string =>
  delivered > 0
    ? `Sent; ${countOf(delivered, 'open page was', 'open pages were')} told.`
    : 'Sent; no page is open on this collector: one elsewhere was told, or it waits for the next visit.';
const pushText = ({ sent, gone, failed, native }: PushReport): string =>
  [
    `Sent to ${countOf(sent, 'browser')}.`,
    gone > 0 && `${countOf(gone, 'subscription')} had ended, and ${gone === 1 ? 'is' : 'are'} forgotten.`,
    ...failed.map(({ endpoint_host, why }) => `${endpoint_host}: ${why}.`),
    native > 0 && `${countOf(native, 'native token')} got nothing: no gateway of theirs is spoken to.`,
  ]
    .filter(Boolean)
    .join(' ');

export const createSendForm = ({ api, customer, onSent }: SendFormNeeds): void => {
  const form = byId<HTMLFormElement>('send');
  const kind = byId<HTMLSelectElement>('send-kind');
  const verdict = byId('send-verdict');
  const said = byId('send-said');
  const button = byId<HTMLButtonElement>('send-now');
  const fields = new Map(parts.map((part) => [part, fieldOf(part)]));
  let typing: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  /** Of what was tried and not answered: tried again, it is the same engagement. */
  let tried = { what: '', uid: '' };

  const chosen = (): Kind => kinds.find((one) => one === kind.value) ?? 'popup';
  const draft = (): Draft => Object.fromEntries(parts.map((part) => [part, fields.get(part)!.value.trim()])) as Draft;

  const showVerdict = (mistakes: Mistake[], removed: Removed[]): void => {
    for (const [part, field] of fields)
      field.setAttribute('aria-invalid', String(mistakes.some(({ path }) => partAt(path) === part)));
    const list = (heading: string, items: (Node | string)[][]): Node[] =>
      items.length
        ? [element('h4', {}, heading), element('ul', {}, ...items.map((item) => element('li', {}, ...item)))]
        : [];
    verdict.className = mistakes.length ? 'refused' : '';
    verdict.replaceChildren(
      ...list('Refused', mistakes.map(mistakeText)),
      ...list('Taken out of the HTML', removed.map(removedText)),
    );
  };
  const say = (text: string, ok: boolean): void => {
    said.textContent = text;
    said.className = ok ? 'said' : 'said problem';
  };

  const look = async (): Promise<void> => {
    const question = ++asked;
    const now = chosen();
    const written = draft();
    // An empty form is no mistake yet.
    const isEmpty = partsOf[now].every((part) => part === 'expires' || written[part] === '');
    if (now === 'push' || isEmpty) return showVerdict([], []);
    const { mistakes, removed } = await api.preview(wantedIn(now, written, Date.now()));
    if (question === asked) showVerdict(mistakes, removed);
  };
  const told = (problem: unknown): void => {
    if (!(problem instanceof Refused)) throw problem;
    if (problem.mistakes.length) showVerdict(problem.mistakes, []);
    say(problem.mistakes.length ? 'Not sent.' : `${problem.message} (${problem.code})`, false);
  };
  const drawFields = (): void => {
    byId('send-fields').replaceChildren(
      ...partsOf[chosen()].map((part) =>
        element(
          'p',
          { class: `field ${part}` },
          element('label', { for: `send-${part}` }, labels[part][0]),
          fields.get(part)!,
        ),
      ),
    );
    say('', true);
    void look().catch(told);
  };

  const sendEngagement = async (whose: Whose, now: Exclude<Kind, 'push'>, written: Draft): Promise<void> => {
    const what = JSON.stringify([whose, now, written]);
    if (tried.what !== what) tried = { what, uid: newUid() };
    const wanted = { ...wantedIn(now, written, Date.now()), engagement_uid: tried.uid };
    const sent = await api.send(whose, wanted);
    tried = { what: '', uid: '' };
    showVerdict([], sent.removed);
    say(sentText(sent), true);
  };
  const send = async (whose: Whose): Promise<void> => {
    clearTimeout(typing);
    asked++;
    const now = chosen();
    const written = draft();
    button.disabled = true;
    try {
      if (now === 'push') say(pushText(await api.push(whose, noticeIn(written))), true);
      else await sendEngagement(whose, now, written);
      onSent();
    } finally {
      button.disabled = false;
    }
  };

  kind.addEventListener('change', drawFields);
  form.addEventListener('input', ({ target }) => {
    if (target === kind) return;
    clearTimeout(typing);
    say('', true);
    typing = setTimeout(() => void look().catch(told), TYPING);
  });
  form.addEventListener('submit', (submit) => {
    submit.preventDefault();
    const whose = customer();
    if (whose !== null) void send(whose).catch(told);
  });
  drawFields();
};
