/**
 * Whose id it is. A page can send any id, one too that an operator's server is about to use; so that nobody is silenced,
 * a server's event whose id a page took is kept under a key of its own, and is read by its id all the same.
 */

/** Stands in no id that anybody can send. */
const MARK = '!';

/** Where a server's event is kept whose id stands for a page's. */
export const serversKey = (eid: string): string => `${eid}${MARK}`;
export const eidOfKey = (key: string): string => (key.endsWith(MARK) ? key.slice(0, -MARK.length) : key);
