/**
 * What stubs of a frame wrote down before the script came. Rows of earlier documents go first; those of this one stand
 * among its other calls, in their places.
 */
import type { TextStore } from '../platform.ts';

/** @returns hands over the next row of this document */
export const handOverRows = (
  store: TextStore,
  prefix: string,
  page_id: string,
  keep: (id: string, text: string) => void,
): (() => void) => {
  const handOver = (key: string) => {
    // A stub cannot know who the page's user is, and writes nobody.
    keep(key.slice(prefix.length), `${store.get(key)}`.replace('"user_ext_id":null,', ''));
    store.remove(key);
  };
  const mine: string[] = [];
  for (const key of store.keys(prefix))
    if (`${store.get(key)}`.includes(`"page_id":"${page_id}"`)) mine.push(key);
    else handOver(key);
  return () => mine.splice(0, 1).forEach(handOver);
};
