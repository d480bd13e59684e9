/**
 * Any JavaScript string in a TEXT column, exactly. SQLite holds UTF-8, which has no lone surrogates: they would all
 * come back as U+FFFD, and two customers would be one. Such a string is kept escaped, behind a mark.
 */

const MARK = '\u0001';

export const toColumn = (text: string): string =>
  text.isWellFormed() && !text.startsWith(MARK) ? text : MARK + JSON.stringify(text);

export const fromColumn = (column: string): string =>
  column.startsWith(MARK) ? (JSON.parse(column.slice(1)) as string) : column;
