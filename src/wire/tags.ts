/**
 * The public tags of a customer: upper case, each once, in the order in which they came. Pure: the page shows at once what
 * the collector will make of a change.
 */

export const tagOperations = ['add', 'remove', 'replace', 'clear'] as const;
export type TagOperation = (typeof tagOperations)[number];

/** UTF-16 units: longer ones are no markers. */
export const TAG_LENGTH = 100;
/** Tags of a customer: a page has them all, with every identify. */
const TAGS = 200;

export const normalTag = (tag: string): string => tag.trim().toUpperCase();

/** The tags among what somebody sent. */
export const tagsIn = (given: unknown): string[] => {
  const texts = [given].flat().filter((one) => typeof one === 'string');
  const tags = texts.map(normalTag).filter((tag) => tag !== '' && tag.length <= TAG_LENGTH);
  return [...new Set(tags)];
};

/** Beyond the bound the oldest go first. */
export const changedTags = (tags: readonly string[], operation: TagOperation, given: readonly string[]): string[] => {
  switch (operation) {
    case 'add':
      return [...new Set([...tags, ...given])].slice(-TAGS);
    case 'remove':
      return tags.filter((tag) => !given.includes(tag));
    case 'replace':
      return given.slice(-TAGS);
    case 'clear':
      return [];
  }
};
