/**
 * An operator's HTML made harmless: words, pictures of known hosts, links to known hosts, styles that load nothing else.
 * Pure. It is cleaned once, when it is accepted, and framed without script under a policy of its own all the same.
 */
import sanitizeHtml from 'sanitize-html';
import { styleProblem } from './clean-css.ts';
import { keptAsset, keptLink, type Places } from './safe-link.ts';

/** Something that was taken out, for whoever wrote it. */
export interface Removed {
  /** `script`, `a[href]`, `style` */
  what: string;
  why: string;
}

export interface CleanHtml {
  html: string;
  /** Each kind once, at most fifty. */
  removed: Removed[];
}

const MOST_REMOVED = 50;
const DEEPEST = 64;

const tags = (text: string): string[] => text.trim().split(/\s+/);
const text = tags(
  'a abbr address b bdi bdo blockquote br cite code dd del dfn dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre',
).concat(tags('q s samp small span strong sub sup time u ul var wbr'));
const layout = tags('article aside center div figcaption figure footer header img main section style').concat(
  tags('caption col colgroup table tbody td tfoot th thead tr'),
);
const allowedTags = [...text, ...layout];

/** Without their tag these would be text that nobody wrote for reading. */
const droppedWhole = tags(
  'applet audio canvas embed frameset iframe math noembed noframes noscript object option plaintext script select',
).concat(tags('style svg template textarea title video xmp'));

const everywhere = tags('align class dir height id lang role style title valign width');
const allowedAttributes: { [tag: string]: string[] } = {
  '*': [...everywhere, 'aria-*'],
  a: tags('href target rel'),
  img: tags('src alt'),
  col: ['span'],
  colgroup: ['span'],
  ol: tags('start type reversed'),
  td: tags('colspan rowspan bgcolor'),
  th: tags('colspan rowspan scope bgcolor'),
  table: tags('border cellpadding cellspacing bgcolor'),
  time: ['datetime'],
};

const reasons: { [tag: string]: string } = {
  script: 'no script ever runs here',
  form: 'nothing is sent from here; use buttons',
  link: 'nothing is loaded from elsewhere; use a style element',
};
const isAllowed = (tag: string, name: string): boolean =>
  everywhere.includes(name) ||
  name.startsWith('aria-') ||
  (Object.hasOwn(allowedAttributes, tag) && allowedAttributes[tag]!.includes(name));

export const cleanHtml = (html: string, places: Places): CleanHtml => {
  const removed = new Map<string, Removed>();
  const note = (what: string, why: string): void => {
    if (removed.size < MOST_REMOVED && !removed.has(what)) removed.set(what, { what: what.slice(0, 60), why });
  };

  /** The value to keep of an attribute that leads somewhere or draws something; others stay as they are. */
  const kept = (tag: string, name: string, value: string): string | undefined => {
    const what = `${tag}[${name}]`;
    if (!isAllowed(tag, name)) {
      note(what, name.startsWith('on') ? 'no script ever runs here' : 'is not known here');
      return undefined;
    }
    if (name === 'href') {
      const link = keptLink(value, places);
      if (link === undefined) note(what, "leads to no https host of the label's linkHosts");
      return link;
    }
    if (name === 'src') {
      const asset = keptAsset(value, places);
      if (asset === undefined) note(what, "comes from no origin of the label's assetHosts");
      return asset;
    }
    const problem = name === 'style' ? styleProblem(value, places) : undefined;
    if (problem) note(what, problem);
    return problem ? undefined : value;
  };

  const clean = sanitizeHtml(html, {
    allowedTags,
    allowedAttributes,
    allowedSchemes: ['https', 'http'],
    allowProtocolRelative: false,
    // What stands in a style element was looked at as a whole, below.
    allowVulnerableTags: true,
    parseStyleAttributes: false,
    nonTextTags: droppedWhole,
    nestingLimit: DEEPEST,
    transformTags: {
      '*': (tagName, given) => {
        if (!allowedTags.includes(tagName))
          note(tagName, Object.hasOwn(reasons, tagName) ? reasons[tagName]! : 'is not known here');
        const attribs: { [name: string]: string } = {};
        for (const [name, value] of Object.entries(given)) {
          const keep = kept(tagName, name, value);
          if (keep !== undefined) attribs[name] = keep;
        }
        if (tagName === 'a' && attribs.href !== undefined) {
          attribs.target = '_blank';
          attribs.rel = 'noopener noreferrer';
        }
        return { tagName, attribs };
      },
    },
    exclusiveFilter({ tag, text: css }) {
      const problem = tag === 'style' ? styleProblem(css, places) : undefined;
      if (problem) note('style', problem);
      return problem !== undefined;
    },
  });
  return { html: clean, removed: [...removed.values()] };
};
