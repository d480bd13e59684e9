/**
 * One event's whole envelope and receipt: beside the list on a wide screen, over it on a phone.
 * Takes the focus when it opens and gives it back when it closes.
 */
import { copyButton } from './copy.ts';
import { byId, element, shape } from './draw.ts';
import type { StoredEvent } from './shapes.ts';
import { type Whose, whoseOf } from './whose.ts';
import { exactTime, journey, sourceText, title, trustWords } from './words.ts';

interface EnvelopeNeeds {
  /** Shows only the events of this customer, or of this type. */
  only(part: { user: string } | { type: string }): void;
  /** Shows who the customer is. */
  showCustomer(whose: Whose): void;
  /** What campaigns said to it. */
  traceOf(eid: string): HTMLElement;
  onClose(event: StoredEvent): void;
}

export interface EnvelopePanel {
  open(event: StoredEvent): void;
  close(): void;
  isOpen(): boolean;
}

type Line = [name: string, value: string | null | Node, explanation?: string];

const group = (heading: string, lines: Line[]): HTMLElement =>
  element(
    'section',
    {},
    element('h3', {}, heading),
    element(
      'dl',
      {},
      ...lines.flatMap(([name, value, explanation]) => [
        element('dt', {}, name),
        element(
          'dd',
          {},
          value ?? element('i', {}, 'none'),
          ...(explanation ? [element('small', {}, explanation)] : []),
        ),
      ]),
    ),
  );

const receipt = (event: StoredEvent): HTMLElement =>
  group('Receipt', [
    ['Verdict', 'stored', 'once; on disk before the answer'],
    ['Received', exactTime(event.received_at)],
    ['Place in the log', String(event.cursor)],
    ['Trust', element('span', { class: `badge ${event.trust}` }, event.trust), trustWords[event.trust]],
  ]);

const times = ({ event_date, received_at }: StoredEvent): HTMLElement => {
  const { latency, skew } = journey(event_date, received_at);
  return group('Time', [
    ['Happened', exactTime(event_date), "the sender's clock"],
    ['Latency', latency],
    ['Clock skew', skew],
  ]);
};

const origin = (event: StoredEvent): HTMLElement =>
  group('Origin', [
    ['Customer', event.user_ext_id, event.scope === 'system' ? 'a system event belongs to none' : ''],
    ['Type', event.event_type],
    ['Label, brand', `${event.label_key}, ${event.ext_brand_id ?? 'none'}`],
    ['Source', event.source, sourceText(event)],
    ['Device', event.device_id],
    ['Session', event.session_id],
    ['Page', event.page_id, event.seq === null ? '' : `event ${event.seq} of this page`],
  ]);

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

export const createEnvelope = ({ only, showCustomer, traceOf, onClose }: EnvelopeNeeds): EnvelopePanel => {
  const panel = byId<HTMLDialogElement>('envelope');
  const phone = matchMedia('(max-width: 899px)');
  let shown: StoredEvent | null = null;

  const contents = (event: StoredEvent): Node[] => {
    const onlyButton = (label: string, part: { user: string } | { type: string }): HTMLButtonElement => {
      const button = element('button', { type: 'button', class: 'quiet' }, label);
      button.addEventListener('click', () => only(part));
      return button;
    };
    const customerButton = (whose: Whose): HTMLButtonElement => {
      const text = 'customer' in whose ? 'Show this customer' : 'Show this visitor';
      const button = element('button', { type: 'button', class: 'quiet' }, text);
      button.addEventListener('click', () => showCustomer(whose));
      return button;
    };
    const close = element('button', { type: 'button', class: 'quiet close', 'aria-label': 'Close' });
    close.append(
      shape('svg', { viewBox: '0 0 12 12', 'aria-hidden': 'true' }, shape('path', { d: 'M1 1l10 10M11 1L1 11' })),
    );
    close.addEventListener('click', () => panel.close());
    const heading = element('h2', { id: 'envelope-title', tabindex: -1 }, title(event));
    const whose = event.scope === 'system' ? null : whoseOf(event);
    const link = `${location.origin}${location.pathname}#event=${encodeURIComponent(event.eid)}`;
    return [
      element('header', {}, heading, close),
      element(
        'p',
        { class: 'eid' },
        element('code', {}, event.eid),
        copyButton('Copy eid', () => event.eid),
      ),
      element(
        'p',
        { class: 'actions' },
        copyButton('Copy link', () => link),
        ...(whose ? [customerButton(whose)] : []),
        ...(event.user_ext_id === null ? [] : [onlyButton('Only this customer', { user: event.user_ext_id })]),
        onlyButton('Only this type', { type: event.event_type }),
      ),
      element(
        'section',
        {},
        element(
          'h3',
          {},
          'Payload',
          copyButton('Copy payload', () => pretty(event.payload)),
        ),
        element('pre', { tabindex: 0, 'aria-label': 'Payload' }, pretty(event.payload)),
      ),
      traceOf(event.eid),
      receipt(event),
      times(event),
      origin(event),
      element(
        'details',
        {},
        element('summary', {}, 'Whole event as JSON'),
        element(
          'p',
          { class: 'actions' },
          copyButton('Copy event', () => pretty(event)),
        ),
        element('pre', { tabindex: 0, 'aria-label': 'Whole event' }, pretty(event)),
      ),
    ];
  };

  const place = (): void => (phone.matches ? panel.showModal() : panel.show());
  const open = (event: StoredEvent): void => {
    shown = event;
    panel.replaceChildren(...contents(event));
    panel.scrollTop = 0;
    if (!panel.open) place();
    byId('envelope-title').focus();
  };
  panel.addEventListener('close', () => {
    const event = shown;
    shown = null;
    if (event) onClose(event);
  });
  // Only a modal dialog closes by itself on Escape.
  panel.addEventListener('keydown', ({ key }) => key === 'Escape' && panel.close());
  phone.addEventListener('change', () => {
    if (!shown) return;
    const event = shown;
    shown = null;
    panel.close();
    // The close event comes later and must find nothing to give the focus back to.
    panel.addEventListener('close', () => open(event), { once: true });
  });
  return { open, close: () => panel.close(), isOpen: () => panel.open };
};
