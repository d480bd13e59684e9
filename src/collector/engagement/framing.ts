/**
 * Who may frame the collector's pages, and what those may load: the policies that go with an operator's HTML and with the
 * widget. Pure.
 */
import type { Label } from '../config/config.ts';

/** Only what a policy can name: words of the config stand for other things, and browsers know no IPv6 address in one. */
const sources = (origins: Iterable<string>): string =>
  [...new Set(origins)].filter((origin) => /^https?:/.test(origin) && !origin.includes('[')).join(' ');

/** The label's own pages, and ours between them and the frame. */
const ancestors = ({ origins }: Label, own: ReadonlySet<string>): string => `'self' ${sources([...own, ...origins])}`;

const pictures = ({ assetHosts }: Label, own: ReadonlySet<string>): string => sources([...own, ...assetHosts]);

/** Of an operator's HTML: no script, an origin of its own, nothing loaded but pictures from known hosts. */
export const contentPolicy = (label: Label, own: ReadonlySet<string>): string =>
  [
    'sandbox allow-popups allow-popups-to-escape-sandbox',
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `img-src ${pictures(label, own)}`,
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors(label, own)}`,
  ].join('; ');

/** Of the widget. Where the key is wrong there is no label whose pages could be named, and nobody's data to protect. */
export const widgetPolicy = (label: Label | undefined, own: ReadonlySet<string>): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    `img-src 'self' data:${label ? ` ${pictures(label, own)}` : ''}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    `frame-ancestors ${label ? ancestors(label, own) : '*'}`,
  ].join('; ');
