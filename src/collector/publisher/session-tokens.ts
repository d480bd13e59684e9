/**
 * Proof that an operator's server started a session in a customer's name: a signed token (JWT, HS256) that holds for fifteen
 * minutes. Nothing is kept of it; the key is the collector's own.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { UserStore } from '../store/user-store.ts';

const LIFETIME = 15 * 60_000;

export interface Session {
  /** The label's name, which its keys do not change. */
  label: string;
  customer: string;
  /** Milliseconds since the epoch. */
  expires: number;
}

export interface SessionTokens {
  start(label: string, customer: string): { token: string; expires: number };
  /** `expired`: it was one of ours; `undefined`: it never was. */
  read(token: string): Session | 'expired' | undefined;
}

/** Made on the first start, so that a restart ends nobody's session. */
export const keptSessionKey = async (users: Pick<UserStore, 'keepSetting'>): Promise<Buffer> =>
  Buffer.from(await users.keepSetting('publisher sessions', randomBytes(32).toString('base64url')), 'base64url');

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
/** The only header there is: a token that names another way of signing is none of ours. */
const HEADER = encoded({ alg: 'HS256', typ: 'JWT' });

export const createSessionTokens = (key: Buffer, now: () => number): SessionTokens => {
  const signatureOf = (claims: string): Buffer => createHmac('sha256', key).update(`${HEADER}.${claims}`).digest();
  return {
    start(label, customer) {
      const expires = now() + LIFETIME;
      const claims = encoded({ aud: label, sub: customer, exp: Math.floor(expires / 1000) });
      return { token: `${HEADER}.${claims}.${signatureOf(claims).toString('base64url')}`, expires };
    },
    read(token) {
      const [header, claims = '', signature = '', ...more] = token.split('.');
      if (header !== HEADER || more.length > 0) return undefined;
      const [given, right] = [Buffer.from(signature, 'base64url'), signatureOf(claims)];
      if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      // Whatever bears our signature we wrote.
      const { aud, sub, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
        aud: string;
        sub: string;
        exp: number;
      };
      const session = { label: aud, customer: sub, expires: exp * 1000 };
      return session.expires > now() ? session : 'expired';
    },
  };
};
