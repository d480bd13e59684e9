/**
 * Steps that leave the page: e-mail, SMS, push, webhook.
 */
import type { Payload } from '../../wire/event.ts';
import { webhookProblem } from '../effects/webhook.ts';
import type { EmailWords, Step } from '../engine/definitions.ts';
import { noticeMistakes, noticeNames } from '../push/notice.ts';
import { withStandIns, withTemplates } from './engagement-steps.ts';
import { readReference } from './names.ts';
import { fields, type Place } from './place.ts';
import type { Surroundings } from './steps.ts';
import { areTemplates, readEmailWords, readTemplate } from './templates.ts';

const emailWords = ['subject', 'html', 'text'] as const;

const readWords = (template: Place, templates: ReadonlyMap<string, EmailWords>): EmailWords => {
  const name = readReference(template, [...templates.keys()], 'a template');
  return templates.get(name) ?? { subject: '', html: null, text: null };
};

export const readEmail = (at: Place, { templates }: Surroundings): Step => {
  const { template, transactional, ...own } = fields(at, ['template', ...emailWords, 'transactional']);
  if (template) for (const inside of Object.values(own)) inside.mistake('belongs to an e-mail without a template');
  else if (at.isObject() && !own.subject) at.mistake('must have a template or a subject');
  return {
    kind: 'email',
    words: template ? readWords(template, templates) : readEmailWords(at, own),
    transactional: transactional?.flag() ?? false,
  };
};

export const readSms = (at: Place): Step => {
  const { text, transactional } = fields(at, ['text', 'transactional'], ['text']);
  return { kind: 'sms', text: text ? readTemplate(text) : '', transactional: transactional?.flag() ?? false };
};

/** Checked as any other push is, with templates standing as in popups. */
export const readPush = (at: Place, { places }: Surroundings): Step => {
  const { transactional, ...words } = fields(at, [...noticeNames, 'transactional']);
  const notice = at.isObject() ? withTemplates(words) : undefined;
  for (const { path, reason } of notice ? noticeMistakes(withStandIns(notice), places) : [])
    at.inside(undefined, `${at.path}.${path}`).mistake(reason);
  return { kind: 'push', notice: notice ?? {}, transactional: transactional?.flag() ?? false };
};

/** Who names the address decides whom the collector calls. */
const calledProblem = (url: string): string | undefined =>
  /\{[{%]/.test(url) ? 'must be one address, without a template: what differs goes into the body' : webhookProblem(url);

const readCalled = (at: Place): string => {
  const url = at.text();
  const problem = url === '' ? undefined : calledProblem(url);
  if (problem) at.mistake(problem);
  return url;
};

export const readWebhook = (at: Place, { signsWebhooks }: Surroundings): Step => {
  const { url, body } = fields(at, ['url', 'body'], ['url']);
  if (!signsWebhooks) at.mistake('needs a key in messages.webhooks.key, which signs what is sent');
  if (body && !body.isObject()) body.mistake('must be an object');
  const added = body?.isObject() && areTemplates(body) ? (body.value as Payload) : {};
  return { kind: 'webhook', url: url ? readCalled(url) : '', body: added };
};
