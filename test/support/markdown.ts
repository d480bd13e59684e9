/**
 * A Markdown page as the tests of the documentation see it: its links, its headings' anchors, what stands in backticks.
 */

const withoutBlocks = (text: string): string => text.replace(/^(```|~~~)[\s\S]*?^\1.*$/gm, '');

/** Targets of `[text](target)` and `![text](target)`, in order, without those inside code. */
export const linksOf = (text: string): string[] =>
  Array.from(
    withoutBlocks(text)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g),
    ([, target = '']) => target,
  );

/** What each heading is called in a link, the way GitHub makes it. */
export const anchorsOf = (text: string): string[] =>
  Array.from(withoutBlocks(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm), ([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Everything in single backticks, blocks left out. */
export const codeSpansOf = (text: string): string[] =>
  Array.from(withoutBlocks(text).matchAll(/`([^`\n]+)`/g), ([, span = '']) => span);

/** What stands in each fenced block. */
export const codeBlocksOf = (text: string): string[] =>
  Array.from(text.matchAll(/^(```|~~~).*\n([\s\S]*?)\n\1/gm), ([, , block = '']) => block);

/** One column of the tables below the headings that match, row by row. */
export const columnUnder = (text: string, heading: RegExp, column: number): string[] => {
  const cells: string[] = [];
  let inside = false;
  for (const line of withoutBlocks(text).split('\n')) {
    const title = /^#{1,6}\s+(.+)$/.exec(line)?.[1];
    if (title !== undefined) inside = heading.test(title);
    if (inside && line.startsWith('|')) cells.push((line.split('|')[column + 1] ?? '').trim());
  }
  return cells;
};

/** What stands there in backticks. */
export const cellsUnder = (text: string, heading: RegExp, column = 0): string[][] =>
  columnUnder(text, heading, column).map(codeSpansOf);
