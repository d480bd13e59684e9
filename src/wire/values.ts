/**
 * What an unknown value is, as far as JSON tells.
 */
export type Fields = { [name: string]: unknown };

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest;
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
/** Milliseconds since the epoch that a `Date` can hold. */
export const isTime = (value: unknown): value is number => isCount(value) && value <= 8.64e15;
