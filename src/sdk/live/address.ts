/**
 * The one check of every address that a link may lead to: https (or http on somebody's own machine, or the page's own), to
 * the page's host or one that the label lists. Pure. Links come from e-mails, chats and attackers.
 */
import { LOCALHOST } from '../localhost.ts';

// Browsers drop tabs and newlines from a URL, and take a backslash for a slash: none of them has an honest use here.
const DISGUISE = /[\s\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** @returns the whole address, or nothing if a link may not lead there; `hosts` are exact: `shop.op.example` */
export const allowedAddress = (text: string, page: string, hosts: readonly string[]): string | undefined => {
  let url: URL;
  const here = new URL(page);
  try {
    url = new URL(text, here);
  } catch {
    return undefined; // not an address at all
  }
  if (DISGUISE.test(text) || url.username || url.password) return undefined;
  if (url.origin === here.origin && /^https?:$/.test(url.protocol)) return url.href;
  if (url.protocol !== 'https:' && !LOCALHOST.test(url.origin)) return undefined;
  return url.host === here.host || hosts.includes(url.host) ? url.href : undefined;
};
