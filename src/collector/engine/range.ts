/**
 * From a least number to a most, either left open, and how it is said. Pure.
 */
import type { Range } from './definitions.ts';

export const isWithin = ({ min = 0, max = Infinity }: Range, number: number): boolean => number >= min && number <= max;

export const rangeText = ({ min = 0, max = Infinity }: Range): string => {
  if (max === Infinity) return `${min} or more`;
  return min === max ? String(min) : `${min} to ${max}`;
};
