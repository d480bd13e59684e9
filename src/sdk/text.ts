/** A value that a page gives as a name or an id: text or a number, trimmed, or `''` for anything else and for what is too long. */
export const textOf = (value: unknown, longest: number): string => {
  const text = typeof value === 'string' || typeof value === 'number' ? `${value}`.trim() : '';
  return text.length > longest ? '' : text;
};
