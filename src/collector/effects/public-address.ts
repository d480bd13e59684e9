/**
 * Keeps the collector from calling into its own network: a push endpoint is whatever a browser said it is, and a webhook
 * whatever a campaign says. What a name resolves to is judged when the connection is made, since it may change in between,
 * and the connection goes to the very address that was judged.
 */
import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const inside = new BlockList();
for (const range of [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.168.0.0/16',
  '198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
].flatMap((line) => line.split(' '))) {
  const [net = '', bits] = range.split('/');
  inside.addSubnet(net, Number(bits), 'ipv4');
}
// The last three carry an IPv4 address that no range above would see.
for (const range of '::/96 100::/64 2001:db8::/32 fc00::/7 fe80::/9 ff00::/8 64:ff9b::/32 2002::/16 2001::/32'.split(
  ' ',
)) {
  const [net = '', bits] = range.split('/');
  inside.addSubnet(net, Number(bits), 'ipv6');
}
/** Names that no other network can mean: without a dot, or under an ending that is for private ones. */
const INSIDE_NAME = /^[^.]+$|\.(?:localhost|local|internal|home\.arpa)$/;

export const isPublicAddress = (address: string): boolean => {
  const family = isIP(address);
  if (family === 0) return false;
  // An IPv4 address in IPv6 clothes (::ffff:10.0.0.1) is held against the IPv4 ranges too.
  return !inside.check(address, family === 4 ? 'ipv4' : 'ipv6');
};

export class NotPublic extends Error {
  constructor() {
    super('the address leads into a private network');
    this.name = 'NotPublic';
  }
}

/** Addresses that may be called although they are inside, also over plain http: a test's own servers, and nothing else. */
export type Allowed = ReadonlySet<string>;
const NONE: Allowed = new Set();

/** Why a URL is never called, as far as its text tells. `URL` has undressed every disguise of a number by then. */
export const callProblem = (text: string, allowed = NONE): string | undefined => {
  if (!URL.canParse(text)) return 'is no URL';
  const { protocol, hostname, username, password } = new URL(text);
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  if (username !== '' || password !== '') return 'must hold no user name and no password';
  if (allowed.has(host) && protocol === 'http:') return undefined;
  if (protocol !== 'https:') return 'must be an https URL';
  const isInside = isIP(host) === 0 ? INSIDE_NAME.test(host) : !isPublicAddress(host) && !allowed.has(host);
  return isInside ? 'leads into a private network' : undefined;
};

/** As `dns.lookup` answers with `all`. */
export type Resolve = (
  hostname: string,
  options: { all: true },
  done: (cause: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Resolves as Node does, and fails if any address of the name is not public. */
export const publicLookup =
  (allowed = NONE, resolve: Resolve = lookup): LookupFunction =>
  (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (cause, addresses) => {
      const [first] = addresses ?? [];
      if (cause || !first) return done(cause, []);
      if (!addresses.every(({ address }) => allowed.has(address) || isPublicAddress(address)))
        return done(new NotPublic(), []);
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
