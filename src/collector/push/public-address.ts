/**
 * Keeps the collector from calling into its own network: a push endpoint is whatever a browser said it is, so a page can
 * name any address. What a name resolves to is judged when the connection is made, since it may change in between.
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

export const isPublicAddress = (address: string): boolean => {
  const family = isIP(address);
  if (family === 0) return false;
  // An IPv4 address in IPv6 clothes (::ffff:10.0.0.1) is held against the IPv4 ranges too.
  return !inside.check(address, family === 4 ? 'ipv4' : 'ipv6');
};

export class NotPublic extends Error {
  constructor() {
    super('this host has an address inside a private network');
    this.name = 'NotPublic';
  }
}

/** Resolves as Node does, and fails if any address of the name is not public. */
export const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (cause, addresses: LookupAddress[]) => {
    const [first] = addresses ?? [];
    if (cause || !first) return done(cause, []);
    if (!addresses.every(({ address }) => isPublicAddress(address))) return done(new NotPublic(), []);
    return options.all ? done(null, addresses) : done(null, first.address, first.family);
  });
};
