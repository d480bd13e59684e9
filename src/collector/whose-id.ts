/**
 * Whose id it is. A page can send any id, one too that an operator's server is about to use; so that nobody is silenced,
 * a server's event whose id a page took is kept under a key of its own, and is read by its id all the same.
 */
import type { Trust } from '../wire/event.ts';

/** Stands in no id that anybody can send. */
const MARK = '!';

/** Where a server's event is kept whose id stands for a page's. */
export const serversKey = (eid: string): string => `${eid}${MARK}`;
/** Which event it is, wherever a page's and a server's of one id must not be taken for each other. */
export const eventKey = ({ eid, trust }: { eid: string; trust: Trust }): string =>
  trust === 'server' ? serversKey(eid) : eid;
/** The id that a key was made of. */
export const eidOfKey = (key: string): string => (key.endsWith(MARK) ? key.slice(0, -MARK.length) : key);
