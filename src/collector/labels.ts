/**
 * Labels by the keys that speak for them. The key that came decides the label, and nothing in a body does.
 */
import { createHash } from 'node:crypto';
import type { Label } from './config/config.ts';
import type { Settings } from './config/settings.ts';
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

const bySecret = (labels: readonly Label[], kind: 'secret' | 'admin'): ReadonlyMap<string, Label> =>
  new Map(labels.flatMap((label) => label.keys[kind].map((key) => [digest(key), label] as const)));

const keysOf = (labels: readonly Label[]) => ({
  public: new Map(labels.flatMap((label) => label.keys.public.map((key) => [key, label] as const))),
  secret: bySecret(labels, 'secret'),
  admin: bySecret(labels, 'admin'),
});

/** Follows the config: a key that it names no more speaks for nobody from then on. */
export const labelsOf = (settings: Settings): Labels => {
  let keys = keysOf(settings.labels());
  settings.changed(({ labels }) => {
    keys = keysOf(labels);
  });
  const byAuthorization =
    (kind: 'secret' | 'admin') =>
    (authorization: string | undefined): Label => {
      const key = authorization?.replace(/^Bearer +/i, '').trim() ?? '';
      const label = key === '' ? undefined : keys[kind].get(digest(key));
      if (label) return label;
      const what = key === '' ? 'is missing' : 'is not known';
      throw new Refusal('unknown_key', `the ${kind} key in the Authorization header ${what}`);
    };
  return {
    byPublicKey(key) {
      const label = keys.public.get(key);
      if (!label) throw new Refusal('unknown_label', 'no label has this label_key');
      return label;
    },
    bySecretKey: byAuthorization('secret'),
    byAdminKey: byAuthorization('admin'),
    byApiKey(key) {
      if (typeof key !== 'string' || key === '') throw new Refusal('unknown_key', 'api_key is missing');
      const ofServer = keys.secret.get(digest(key));
      if (ofServer) return { label: ofServer, kind: 'secret' };
      const ofPage = keys.public.get(key);
      if (ofPage) return { label: ofPage, kind: 'public' };
      throw new Refusal('unknown_key', 'the api_key is neither a secret key nor a label’s key');
    },
  };
};
