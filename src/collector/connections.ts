/**
 * How many connections one address may hold: each costs a file descriptor, and a process has a number of them for everybody.
 * A proxy holds those of all its clients, and has no bound here: it is asked to have one of its own.
 */
import { BlockList, isIPv6, type Socket } from 'node:net';
import { bucketOfAddress } from './network-address.ts';

export interface Connections {
  /** Hears a server's `connection`; ends what is too many. */
  take(connection: Pick<Socket, 'remoteAddress' | 'destroy' | 'once'>): void;
}

export interface ConnectionsNeeds {
  /** Addresses and ranges, as the config has them. */
  trustedProxies: readonly string[];
  /** An address has as many as it may; said once until it has none any more. */
  full: (address: string) => void;
  most?: number;
}

/** A company or a mobile network is one address: two thousand sockets of pages, and what they ask beside them. */
const MOST_OF_ADDRESS = 5_000;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

const proxiesIn = (ranges: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  // An IPv4 address on an IPv6 socket is its own: Node looks it up under both.
  return (address) => list.check(address, familyOf(address));
};

export const createConnections = ({ trustedProxies, full, most = MOST_OF_ADDRESS }: ConnectionsNeeds): Connections => {
  const isProxy = proxiesIn(trustedProxies);
  const held = new Map<string, { connections: number; isTold: boolean }>();
  /** A connection whose request wished for another protocol is handed to the server once more. */
  const counted = new WeakSet<object>();
  return {
    take(connection) {
      const { remoteAddress: address } = connection;
      if (address === undefined || isProxy(address) || counted.has(connection)) return;
      const bucket = bucketOfAddress(address);
      const known = held.get(bucket) ?? { connections: 0, isTold: false };
      if (known.connections >= most) {
        if (!known.isTold) full(address);
        known.isTold = true;
        connection.destroy();
        return;
      }
      counted.add(connection);
      known.connections++;
      held.set(bucket, known);
      connection.once('close', () => {
        if (--known.connections === 0) held.delete(bucket);
      });
    },
  };
};
