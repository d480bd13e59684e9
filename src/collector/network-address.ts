/**
 * A client's address, as a socket or a trusted proxy says it, and the two things that are made of it: whose bucket it is,
 * and what a log may keep. What is no address shares one bucket, and says nothing in a log.
 */
import { isIP } from 'node:net';

/** Some proxies write the port too (`203.0.113.9:4711`); a zone is this machine's own matter. */
const bare = (address: string): string =>
  (/^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address)
    .replace(/%.*/, '')
    .replace(/^::ffff:(?=\d+\.)/i, '');

/** Of IPv6, the first four of eight. */
const networkGroups = (address: string): string[] => {
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array<string>(zeros).fill('0'), ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16));
};

/** One household or phone is one bucket: an IPv6 customer has a whole /64 to himself. */
export const bucketOfAddress = (address: string): string => {
  const known = bare(address);
  if (isIP(known) === 4) return known;
  return isIP(known) === 6 ? networkGroups(known).join(':') : 'no address';
};

/** The network, not the household. */
export const maskAddress = (address: string): string => {
  const known = bare(address);
  if (isIP(known) === 4) return `${known.replace(/\.\d+$/, '')}.0/24`;
  return isIP(known) === 6 ? `${networkGroups(known).slice(0, 3).join(':')}::/48` : 'unknown';
};
