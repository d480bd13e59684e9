/**
 * Says values in words: times, spans, counts, and what a trust or a reason means. Pure.
 */
import type { LossReason } from '../../wire/event.ts';
import type { SessionLosses, StoredEvent, Stretch } from './shapes.ts';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const counts = new Intl.NumberFormat('en-GB');

export const count = (number: number): string => counts.format(number);

export const countOf = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;

export const minuteText = (time: number): string => clock.format(time).slice(0, 5);

/** Time of day to the second; of another day than today, the day and the minute. */
export const timeText = (time: number, now = Date.now()): string =>
  day.format(time) === day.format(now) ? clock.format(time) : `${day.format(time)} ${minuteText(time)}`;

/** `3–5, 9` for 3, 4, 5 and 9. */
export const ranges = (stretches: Stretch[]): string =>
  stretches.map(({ from, to }) => (from === to ? String(from) : `${from}\u2013${to}`)).join(', ');

export const exactTime = (time: number): string => {
  const date = new Date(time);
  // A time outside what a Date can hold still has a number to show.
  return Number.isNaN(date.valueOf()) ? String(time) : date.toISOString();
};

export const span = (milliseconds: number): string => {
  const seconds = Math.abs(milliseconds) / 1000;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
};

/** What happened, in the operator's own word where there is one. */
export const title = ({ event_type, payload }: StoredEvent): string =>
  event_type === 'client_action' && typeof payload.client_action === 'string' ? payload.client_action : event_type;

export const who = ({ user_ext_id, scope }: StoredEvent): string =>
  user_ext_id ?? (scope === 'system' ? 'system' : 'visitor');

/** The payload in one line, without the name that already stands in the title. */
export const payloadLine = ({ event_type, payload }: StoredEvent): string => {
  const { client_action, ...rest } = payload;
  const shown = event_type === 'client_action' ? rest : payload;
  return Object.keys(shown).length ? JSON.stringify(shown).slice(0, 200) : '';
};

export const trustWords: { [trust in StoredEvent['trust']]: string } = {
  server: 'sent by your server with a secret key',
  verified: "the customer's hash held",
  unverified: 'from a browser, without a hash that held',
};

const sourceWords: { [source in StoredEvent['source']]: string } = {
  api: 'a call on the page',
  deep_link: 'a deep link',
  bridge: 'a framed page',
  auto: 'the SDK by itself',
  server: 'the server-to-server API',
};

/** Who made the event, and from where if that was a frame. */
export const sourceText = ({ source, frame }: StoredEvent): string =>
  frame === undefined ? sourceWords[source] : `${sourceWords[source]}, from ${frame}`;

/**
 * How long the event took from the visitor's clock to the collector's, and what that says of the clock.
 * Below zero only a clock that runs ahead explains it; a long way is a wait (offline, closed) or a clock that runs behind.
 */
export const journey = (event_date: number, received_at: number): { latency: string; skew: string } => {
  const took = received_at - event_date;
  if (took < 0) return { latency: 'not known', skew: `the sender's clock is at least ${span(took)} ahead` };
  return {
    latency: span(took),
    skew: took > 60_000 ? 'it waited on the device, or the clock there is behind' : 'no sign of any',
  };
};

export const lossWords: { [reason: string]: string } = {
  overflow: 'the queue on the device was full; its oldest events made room',
  storage: 'the browser refused to keep the event and the page was left before it was sent',
  too_large: 'the payload was over 32 kB',
  flood: 'calls of a frame that was cut off because it ignored its credit',
} satisfies { [reason in LossReason]: string };

/** The same for somebody who reads many of them. */
const shortly: { [reason: string]: string } = {
  overflow: 'no room on the device',
  storage: 'not kept by the browser',
  too_large: 'too large',
  flood: 'from a frame that was cut off',
} satisfies { [reason in LossReason]: string };

/** `12 of 340 never arrived: 8 no room on the device, 4 gone without a trace; 1 was refused` */
export const lossSentence = ({ given, refused, lost, missing }: Omit<SessionLosses, 'pages' | 'last_at'>): string => {
  const reasons = Object.entries(lost).map(([reason, events]) => `${count(events)} ${shortly[reason] ?? reason}`);
  if (missing > 0) reasons.push(`${count(missing)} gone without a trace`);
  const never = missing + Object.values(lost).reduce((sum, events) => sum + events, 0);
  const refusal = `${countOf(refused, 'was', 'were')} refused`;
  if (never === 0) return `${count(given)} arrived, ${refusal}`;
  const sentence = `${count(never)} of ${count(given)} never arrived: ${reasons.join(', ')}`;
  return refused > 0 ? `${sentence}; ${refusal}` : sentence;
};
