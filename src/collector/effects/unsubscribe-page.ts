/**
 * What a customer sees who follows the link to unsubscribe: it asks, and says when it is done. Pure; no script, nothing loaded.
 */
import type { OutboundChannel } from '../engine/customer-state.ts';

export type UnsubscribePage =
  | { is: 'asking'; label: string; channel: OutboundChannel }
  | { is: 'done'; label: string; channel: OutboundChannel }
  | { is: 'unknown' };

/** Nothing may be loaded or framed, and the button leads back here. */
export const unsubscribePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const messages: { [channel in OutboundChannel]: string } = {
  email: 'e-mails',
  sms: 'text messages',
  push: 'notifications',
  webhook: 'messages',
};

const escaped = (text: string): string => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);

const told = (page: UnsubscribePage): { title: string; words: string } => {
  if (page.is === 'unknown')
    return {
      title: 'This link does not work',
      words: '<p>It is not whole, or not ours. Please follow it again from the message, all of it.</p>',
    };
  const what = `${messages[page.channel]} from ${escaped(page.label)}`;
  if (page.is === 'done')
    return {
      title: 'You are unsubscribed',
      words: `<p>You get no more ${what}. What belongs to your account, such as a new password, still comes.</p>`,
    };
  return {
    title: `No more ${what}?`,
    words: '<form method="post"><button>Unsubscribe</button></form>',
  };
};

const look =
  ':root{color-scheme:light dark}html{font:1.125rem/1.5 system-ui,sans-serif}' +
  'body{max-width:32rem;margin:15vh auto 0;padding:0 1.25rem;overflow-wrap:anywhere}h1{font-size:1.5rem;line-height:1.25}' +
  'button{font:inherit;font-weight:600;padding:.625rem 1.25rem;border:0;border-radius:.5rem;background:#1a56db;color:#fff}';

export const unsubscribePage = (page: UnsubscribePage): string => {
  const { title, words } = told(page);
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">' +
    `<link rel="icon" href="data:,"><title>${title}</title><style>${look}</style></head>` +
    `<body><main><h1>${title}</h1>${words}</main></body></html>`
  );
};
