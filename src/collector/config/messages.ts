/**
 * When and how often messages go out, and by whom.
 */
import { keyProblem } from '../effects/signed-post.ts';
import { webhookProblem } from '../effects/webhook.ts';
import { channels } from '../engine/customer-state.ts';
import type { MessageRules } from '../engine/definitions.ts';
import { noDefinitions } from '../engine/no-definitions.ts';
import { isTimeZone } from '../engine/quiet-hours.ts';
import { trusts } from '../engine/trust.ts';
import { parseCap } from './campaigns.ts';
import { fields, type Place } from './place.ts';

const normal = noDefinitions.messages;

const parseTime = (at: Place | undefined): number => {
  const [, hours = '', minutes = ''] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(String(at?.value)) ?? [];
  if (hours === '') at?.mistake('must be a time of day such as "22:00"');
  return Number(hours) * 60 + Number(minutes);
};

const parseQuietHours = (at: Place): MessageRules['quietHours'] => {
  const { from, to } = fields(at, ['from', 'to'], ['from', 'to']);
  const hours = { from: parseTime(from), to: parseTime(to) };
  if (from && to && from.value === to.value) at.mistake('ends when it begins');
  return hours;
};

const parseTimeZone = (at: Place): string => {
  const zone = at.text();
  if (zone !== '' && !isTimeZone(zone)) at.mistake('must be a time zone such as "Europe/Berlin"');
  return zone;
};

const parseCaps = (at: Place): MessageRules['caps'] => {
  const known = fields(at, channels);
  return Object.fromEntries(
    channels.flatMap((channel) => {
      const cap = parseCap(known[channel]);
      return cap ? [[channel, cap]] : [];
    }),
  );
};

const parseSmtp = (at: Place): string => {
  const text = at.text();
  const isMailServer = URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol) && new URL(text).hostname !== '';
  if (text !== '' && !isMailServer) at.mistake('must be an address such as smtps://name:password@mail.op.example:465');
  return text;
};

/** `Casino <hello@op.example>`, or the address alone. */
const SENDER = /^(?:[^<>"\p{Cc}]{1,100} <[^\s<>"@]+@[^\s<>"@]+>|[^\s<>"@]+@[^\s<>"@]+)$/u;

const parseEmail = (at: Place): MessageRules['email'] => {
  const { from, smtp } = fields(at, ['from', 'smtp'], ['from']);
  const sender = from?.text() ?? '';
  if (sender !== '' && !SENDER.test(sender)) from?.mistake('must be an address such as "Casino <hello@op.example>"');
  return { from: sender, smtp: smtp?.orNull(parseSmtp) ?? null };
};

const readKey = (at: Place | undefined): string => {
  const key = at?.text() ?? '';
  const problem = key === '' ? undefined : keyProblem(key);
  if (problem) at?.mistake(problem);
  return key;
};

const parseSms = (at: Place): MessageRules['sms'] => {
  const { url, key } = fields(at, ['url', 'key'], ['url', 'key']);
  const gateway = url?.text() ?? '';
  const problem = gateway === '' ? undefined : webhookProblem(gateway);
  if (problem) url?.mistake(problem);
  return { url: gateway, key: readKey(key) };
};

export const parseMessages = (at: Place | undefined): MessageRules => {
  if (!at) return normal;
  const known = fields(at, [
    'quietHours',
    'timeZone',
    'caps',
    'inboxPerMonth',
    'recipientTrust',
    'email',
    'sms',
    'webhooks',
  ]);
  return {
    quietHours: known.quietHours?.orNull(parseQuietHours) ?? null,
    timeZone: known.timeZone ? parseTimeZone(known.timeZone) : normal.timeZone,
    caps: known.caps ? parseCaps(known.caps) : normal.caps,
    inboxPerMonth: known.inboxPerMonth?.orNull((most) => most.whole(0, 1e9)) ?? null,
    recipientTrust: known.recipientTrust?.oneOf(trusts) ?? normal.recipientTrust,
    email: known.email ? parseEmail(known.email) : normal.email,
    sms: known.sms?.orNull(parseSms) ?? null,
    webhooks: known.webhooks?.orNull((webhooks) => ({ key: readKey(fields(webhooks, ['key'], ['key']).key) })) ?? null,
  };
};
