/**
 * The document around an operator's HTML: nothing but what makes it readable in a frame. Pure.
 */
import { type Content, htmlOf } from './content.ts';

const look =
  'html{font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}' +
  'body{margin:0;padding:16px 20px}body>:first-child,body>style:first-child+*{margin-top:0}body>:last-child{margin-bottom:0}' +
  'img,table{max-width:100%}img{height:auto}';

/** `undefined` where there is no HTML to frame. */
export const contentPage = (content: Content): string | undefined => {
  const html = htmlOf(content);
  if (html === null) return undefined;
  // Words that were coloured for white paper are unreadable on black: dark is for HTML that says it knows of it.
  const scheme = html.includes('prefers-color-scheme') ? 'light dark' : 'only light';
  const dir = (content.kind === 'popup' ? content.popup.dir : null) ?? 'auto';
  return (
    `<!doctype html><html dir="${dir}"><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<title></title><style>:root{color-scheme:${scheme};background:Canvas;color:CanvasText}${look}</style></head><body>${html}</body></html>`
  );
};
