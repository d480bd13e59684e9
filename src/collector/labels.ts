/**
 * Labels by the keys that speak for them. The key that came decides the label, and nothing in a body does.
 */
import { createHash } from 'node:crypto';
import type { Config, Label } from './config.ts';
import { Refusal } from './refusal.ts';

export interface Labels {
  /** By the public key of a batch; refuses `unknown_label`. */
  byPublicKey(key: string): Label;
  /** By the `Authorization` of a request, with or without `Bearer`; refuses `unknown_key`. */
  bySecretKey(authorization: string | undefined): Label;
  byAdminKey(authorization: string | undefined): Label;
  /** By the key in a message, which may be of either kind; refuses `unknown_key`. */
  byApiKey(key: unknown): { label: Label; kind: 'secret' | 'public' };
}

/** Secrets are looked up by digest, so that the time of a lookup tells nothing of them. */
const digest = (key: string): string => createHash('sha256').update(key).digest('base64');

const byDigest = (labels: Label[], kind: 'secret' | 'admin') => {
  const known = new Map(labels.flatMap((label) => label.keys[kind].map((key) => [digest(key), label] as const)));
  return (key: string): Label | undefined => known.get(digest(key));
};

const byAuthorization = (kind: 'secret' | 'admin', find: (key: string) => Label | undefined) => {
  return (authorization: string | undefined): Label => {
    const key = authorization?.replace(/^Bearer +/i, '').trim() ?? '';
    const label = key === '' ? undefined : find(key);
    if (label) return label;
    const what = key === '' ? 'is missing' : 'is not known';
    throw new Refusal('unknown_key', `the ${kind} key in the Authorization header ${what}`);
  };
};

export const labelsOf = ({ labels }: Config): Labels => {
  const publicKeys = new Map(labels.flatMap((label) => label.keys.public.map((key) => [key, label] as const)));
  const findSecret = byDigest(labels, 'secret');
  return {
    byPublicKey(key) {
      const label = publicKeys.get(key);
      if (!label) throw new Refusal('unknown_label', 'no label has this label_key');
      return label;
    },
    bySecretKey: byAuthorization('secret', findSecret),
    byAdminKey: byAuthorization('admin', byDigest(labels, 'admin')),
    byApiKey(key) {
      if (typeof key !== 'string' || key === '') throw new Refusal('unknown_key', 'api_key is missing');
      const ofServer = findSecret(key);
      if (ofServer) return { label: ofServer, kind: 'secret' };
      const ofPage = publicKeys.get(key);
      if (ofPage) return { label: ofPage, kind: 'public' };
      throw new Refusal('unknown_key', 'the api_key is neither a secret key nor a label’s key');
    },
  };
};
