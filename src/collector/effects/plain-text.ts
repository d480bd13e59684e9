/**
 * What cleaned HTML says without its markup, for mail readers that show text. Pure. Expects what `clean-html` gives: every tag
 * is closed, and nothing is escaped but the four characters that must be.
 */

const escapes: { [mark: string]: string } = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };

/** A line of its own, and a paragraph: with an empty line after it. */
const LINE_ENDS =
  /<br[^>]*>|<\/(?:div|tr|li|dt|dd|caption|figcaption|header|footer|section|article|aside|main|center)>/g;
const PARAGRAPH_ENDS = /<hr[^>]*>|<\/(?:p|h[1-6]|ul|ol|dl|pre|table|blockquote|figure)>/g;

export const plainText = (html: string): string =>
  html
    .replace(/<style[^>]*>.*?<\/style>/gs, '')
    .replace(/\s+/g, ' ')
    .replace(/<a [^>]*?href="([^"]*)"[^>]*>(.*?)<\/a>/g, (_, url: string, words: string) =>
      words.trim() === url ? url : `${words} (${url})`,
    )
    .replace(/<img [^>]*?alt="([^"]*)"[^>]*>/g, '$1')
    .replace(/<li[^>]*>/g, '- ')
    .replace(/<\/t[dh]>/g, ' ')
    .replace(PARAGRAPH_ENDS, '\n\n')
    .replace(LINE_ENDS, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:lt|gt|quot|amp);/g, (mark) => escapes[mark]!)
    // One space first: a run of them before no line end would be walked again from each.
    .replace(/ +/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
