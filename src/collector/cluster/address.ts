/**
 * `STORE` as what to connect to. Pure: text in, an address or every mistake out; connects to nothing.
 */
import type { Mistake } from '../config/place.ts';

export interface ClusterAddress {
  /** `host:port` of each server that was named; any of them leads to the others. */
  servers: string[];
  /** TLS is asked for by `tls://`; servers that demand it get it in any case. */
  isTls: boolean;
  user: string | undefined;
  password: string | undefined;
  /** A user name alone is a token. */
  token: string | undefined;
  /** A file of credentials (JWT and seed). */
  credentials: string | undefined;
  /** What all names in the cluster begin with: two collectors' worlds in one cluster have two. */
  name: string;
  /** Copies that the servers keep of everything. */
  replicas: number;
}

export type ParsedAddress = { ok: true; address: ClusterAddress } | { ok: false; mistakes: Mistake[] };

const PORT = 4222;

export const isClusterAddress = (store: string): boolean => /^(nats|tls):\/\//.test(store);

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone per cent sign: no escape, and said to be a mistake by whoever asks.
    return undefined;
  }
};

interface Login {
  user: string | undefined;
  password: string | undefined;
  token: string | undefined;
}

/** What stands before the `@`; `undefined` where it cannot be read. */
const loginOf = (who: string): Login | undefined => {
  const [, first = '', second] = /^([^:,/@]*)(?::([^:,/@]*))?$/.exec(who) ?? [undefined, '%'];
  const [user, password] = [decoded(first), second === undefined ? undefined : decoded(second)];
  if (user === undefined || (second !== undefined && (password === undefined || user === ''))) return undefined;
  if (second !== undefined) return { user, password, token: undefined };
  return { user: undefined, password: undefined, token: user === '' ? undefined : user };
};

const isServer = (text: string): boolean => {
  const [, , port = PORT] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(text) ?? [undefined, '', 0];
  return Number(port) > 0 && Number(port) < 65_536;
};

const settingNames = ['name', 'replicas', 'credentials'];

/**
 * Mistakes name no part of the address: where it is not as it should be, any part may be a password.
 * @param store `nats://[user:password@|token@]host[:port][,host[:port]...][?name=&replicas=&credentials=]`
 */
export const parseClusterAddress = (store: string): ParsedAddress => {
  const mistakes: Mistake[] = [];
  const wrong = (reason: string): void => void mistakes.push({ path: 'STORE', reason });
  const [, scheme, rest = ''] = /^(nats|tls):\/\/(.*)$/s.exec(store) ?? [];
  const [place = '', query = ''] = rest.split(/\?(.*)/s);
  const at = place.lastIndexOf('@');
  const login = loginOf(place.slice(0, Math.max(at, 0)));
  if (!login)
    wrong('before the "@" stands user:password or a token, once for all servers and with special characters as %xx');
  const servers = place
    .slice(at + 1)
    .replace(/\/$/, '')
    .split(',')
    .map((one) => one.trim().replace(`${scheme}://`, ''));
  for (const [index, server] of servers.entries())
    if (!isServer(server))
      wrong(`server ${index + 1} is no host or host:port (a password’s special characters are %xx)`);
  const settings = new URLSearchParams(query);
  const names = [...settings.keys()];
  if (names.some((one, index) => !settingNames.includes(one) || names.indexOf(one) !== index))
    wrong(`behind the "?" stand ${settingNames.join(', ')}, each at most once, and nothing else`);
  const name = settings.get('name') ?? 'openaction';
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(name)) wrong('"name" is 1 to 32 of A-Z, a-z, 0-9, "_" and "-"');
  const replicas = Number(settings.get('replicas') ?? 3);
  if (![1, 3, 5].includes(replicas)) wrong('"replicas" is 1, 3 or 5');
  const credentials = settings.get('credentials') ?? undefined;
  if (credentials === '') wrong('"credentials" is the path of a file');
  if (credentials !== undefined && at >= 0)
    wrong('who the collector is stands before the "@" or in "credentials", not in both');
  if (mistakes.length > 0 || !login) return { ok: false, mistakes };
  return {
    ok: true,
    address: {
      servers: servers.map((one) => (/:\d+$/.test(one.replace(/^\[.*\]/, '')) ? one : `${one}:${PORT}`)),
      isTls: scheme === 'tls',
      ...login,
      credentials,
      name,
      replicas,
    },
  };
};
