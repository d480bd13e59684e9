/**
 * An e-mail made of kept words: its HTML cleaned, its text written where only HTML is given, its way to unsubscribe. Pure.
 * Nobody's words become a header: the subject is one line, and an address is one address.
 */
import type { SendMailOptions } from 'nodemailer';
import { cleanHtml } from '../engagement/clean-html.ts';
import type { Places } from '../engagement/safe-link.ts';
import { unsubscribePlace } from '../engine/unsubscribe-place.ts';
import { plainText } from './plain-text.ts';

/** As rendered; one of `html` and `text` at least. */
export interface EmailWords {
  subject: string;
  html: string | null;
  text: string | null;
}

export interface Envelope {
  uid: string;
  from: string;
  to: string;
  date: number;
  unsubscribeUrl: string;
  transactional: boolean;
}

const LONGEST_SUBJECT = 250;

const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_SUBJECT);

/** RFC 8058: a mail program may unsubscribe by a POST, without a page, where the address is https. */
const unsubscribeHeaders = (url: string): Partial<SendMailOptions> => ({
  list: { unsubscribe: { url } },
  ...(url.startsWith('https:') ? { headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } } : {}),
});

/** `Shop, Ltd <news@shop.example>`, or the address alone: what stands before it is a name, whatever is in it. */
const senderOf = (from: string): { name: string; address: string } => {
  const [, name = '', address = from] = /^(.*) <([^<]+)>$/.exec(from) ?? [];
  return { name, address };
};

/** The same words under the same uid are the same e-mail, by its `Message-ID`. */
export const emailMade = (words: EmailWords, envelope: Envelope, places: Places): SendMailOptions => {
  const { uid, from, to, date, unsubscribeUrl, transactional } = envelope;
  const withLink = (text: string): string => text.replaceAll(unsubscribePlace, unsubscribeUrl);
  const html = words.html === null ? null : cleanHtml(withLink(words.html), places).html;
  const text = words.text === null ? plainText(html ?? '') : withLink(words.text);
  const sender = senderOf(from);
  return {
    from: sender,
    to: { name: '', address: to },
    subject: oneLine(words.subject),
    text,
    ...(html === null ? {} : { html }),
    messageId: `<${uid}@${sender.address.split('@').at(-1)}>`,
    date: new Date(date),
    ...(transactional ? {} : unsubscribeHeaders(unsubscribeUrl)),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
};
