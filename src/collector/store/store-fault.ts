/**
 * What is wrong with a file of ours, or with the cluster: many codes as the few things that an operator can do something about.
 */
const faults = {
  disk_full: 'the disk is full; make room, and it goes on by itself',
  disk_fails: 'the disk gives errors; look into the system’s log',
  busy: 'another program holds the file; end it, and it goes on by itself',
  read_only: 'it may not be written; give this user the right to write the directory and every file in it',
  unreachable: 'it cannot be opened; look at the directory and at what this user may do there',
  damaged: 'it is damaged or no database; stop the collector, keep the files, and put a backup in their place',
  gone: 'it was deleted or replaced under the collector; start it again, with a backup in place if there is one',
  cluster_unreachable: 'no quorum of the NATS servers answers; start those that are down, and it goes on by itself',
  cluster_refuses:
    'the NATS servers do not let the collector in, or not do what it must; look at the user that STORE names, and at its permissions',
  cluster_differs:
    'the cluster holds something else than it must; see what is named, put it right, and start the collector again',
  cluster_behind: 'the copy of the cluster’s log here is not level yet; it goes on by itself',
} as const;
export type StoreFault = keyof typeof faults;

const byCode: [RegExp, StoreFault][] = [
  // What is shared between processes is the first that finds no room at a start.
  [/^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)/, 'disk_full'],
  [/^(SQLITE_BUSY|SQLITE_LOCKED)/, 'busy'],
  [/^(SQLITE_READONLY|SQLITE_PERM|EACCES|EPERM|EROFS)/, 'read_only'],
  [/^(SQLITE_CANTOPEN|ENOTDIR|EEXIST|ENOENT)/, 'unreachable'],
  [/^(SQLITE_CORRUPT|SQLITE_NOTADB|SQLITE_IOERR_SHORT_READ|SQLITE_IOERR_CORRUPTFS)/, 'damaged'],
  [/^(SQLITE_IOERR|EIO)/, 'disk_fails'],
  [/^STORE_GONE$/, 'gone'],
  [/^CLUSTER_UNREACHABLE$/, 'cluster_unreachable'],
  [/^CLUSTER_REFUSES$/, 'cluster_refuses'],
  [/^CLUSTER_DIFFERS$/, 'cluster_differs'],
  [/^CLUSTER_BEHIND$/, 'cluster_behind'],
];

/** `undefined`: it is none of these, and its own message is the best that there is. */
export const storeFaultOf = (cause: unknown): StoreFault | undefined => {
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' ? byCode.find(([pattern]) => pattern.test(code))?.[1] : undefined;
};

/** What it is and what to do; the code at its end is for whoever looks it up. */
export const storeFaultText = (cause: unknown): string => {
  const { message, code } = cause as Error & { code?: string };
  const fault = storeFaultOf(cause);
  return fault ? `${faults[fault]} (${code}: ${message})` : message;
};
