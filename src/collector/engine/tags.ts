/**
 * The public tags of a customer: upper case, each once, in the order in which they came. Pure.
 */
import { stateBounds } from './customer-state.ts';

export const tagOperations = ['add', 'remove', 'replace', 'clear'] as const;
export type TagOperation = (typeof tagOperations)[number];

/** Longer ones are no markers. */
export const TAG_LENGTH = 100;

export const normalTag = (tag: string): string => tag.trim().toUpperCase();

/** The tags among what somebody sent. */
export const tagsIn = (given: unknown): string[] => {
  const texts = (Array.isArray(given) ? given : [given]).filter((one) => typeof one === 'string');
  const tags = texts.map(normalTag).filter((tag) => tag !== '' && tag.length <= TAG_LENGTH);
  return [...new Set(tags)];
};

/** Beyond the bound the oldest go first. */
export const changedTags = (tags: readonly string[], operation: TagOperation, given: readonly string[]): string[] => {
  switch (operation) {
    case 'add':
      return [...new Set([...tags, ...given])].slice(-stateBounds.tags);
    case 'remove':
      return tags.filter((tag) => !given.includes(tag));
    case 'replace':
      return given.slice(-stateBounds.tags);
    case 'clear':
      return [];
  }
};
