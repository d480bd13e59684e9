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

/** @param store `nats://[user:password@|token@]host[:port][,host[:port]...][?name=&replicas=&credentials=]` */
export const parseClusterAddress = (store: string): ParsedAddress => {
  const mistakes: Mistake[] = [];
  const wrong = (reason: string): void => void mistakes.push({ path: 'STORE', reason });
  const [, scheme, rest = ''] = /^(nats|tls):\/\/(.*)$/s.exec(store) ?? [];
  const [place = '', query = ''] = rest.split(/\?(.*)/s);
  const at = place.lastIndexOf('@');
  const who = at < 0 ? '' : place.slice(0, at);
  const [user = '', password] = who.split(/:(.*)/s).map(decoded);
  if (user === undefined || (who.includes(':') && password === undefined))
    wrong('the user and password must be percent-encoded');
  const servers = place
    .slice(at + 1)
    .replace(/\/$/, '')
    .split(',')
    .map((one) => one.trim().replace(/^(nats|tls):\/\//, ''));
  for (const server of servers)
    if (!/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(server)) wrong(`"${server}" is no host or host:port`);
  const settings = new URLSearchParams(query);
  for (const key of settings.keys())
    if (!['name', 'replicas', 'credentials'].includes(key))
      wrong(`there is no setting "${key}"; known are name, replicas and credentials`);
  const name = settings.get('name') ?? 'openaction';
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(name)) wrong('"name" is 1 to 32 of A-Z, a-z, 0-9, "_" and "-"');
  const replicas = Number(settings.get('replicas') ?? 3);
  if (![1, 3, 5].includes(replicas)) wrong('"replicas" is 1, 3 or 5');
  if (mistakes.length > 0) return { ok: false, mistakes };
  return {
    ok: true,
    address: {
      servers: servers.map((one) => (/:\d+$/.test(one) ? one : `${one}:${PORT}`)),
      isTls: scheme === 'tls',
      user: password === undefined ? undefined : user,
      password,
      token: password === undefined && user !== '' ? user : undefined,
      credentials: settings.get('credentials') ?? undefined,
      name,
      replicas,
    },
  };
};
