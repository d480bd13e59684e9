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

/** Why a key that no page may use stands in a page: it is of another kind, is a brand's, or is not written as the label's is. */
const misplaced = (key: string, labels: readonly Label[], keys: ReturnType<typeof keysOf>): string => {
  if (keys.secret.has(digest(key)) || keys.admin.has(digest(key)))
    return 'this one is a secret or admin key, which belongs on a server: take it out of the page, and rotate it';
  if (labels.some(({ brands }) => brands.includes(key))) return 'this one is a brand’s: init(label_key, { brand_key })';
  const plain = (text: string) => text.trim().toLowerCase();
  const near = [...keys.public.keys()].some((one) => plain(one) === plain(key));
  return near ? 'one differs only in case or blanks' : 'the label’s public key stands under keys.public in its config';
};

/** Follows the config: a key that it names no more speaks for nobody from then on. */
export const labelsOf = (settings: Settings): Labels => {
  let all = settings.labels();
  let keys = keysOf(all);
  settings.changed(({ labels }) => {
    all = labels;
    keys = keysOf(all);
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
      if (label) return label;
      throw new Refusal('unknown_label', `no label has this label_key; ${misplaced(key, all, keys)}`);
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
