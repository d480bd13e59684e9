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

/** First cells of the table rows below the headings that match, without their backticks. */
export const firstCellsUnder = (text: string, heading: RegExp): string[] => {
  const cells: string[] = [];
  let inside = false;
  for (const line of withoutBlocks(text).split('\n')) {
    const title = /^#{1,6}\s+(.+)$/.exec(line)?.[1];
    if (title !== undefined) inside = heading.test(title);
    const cell = inside ? /^\|\s*`([^`]+)`/.exec(line)?.[1] : undefined;
    if (cell !== undefined) cells.push(cell);
  }
  return cells;
};
