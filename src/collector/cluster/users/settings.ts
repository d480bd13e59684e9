/**
 * The collectors' own settings, in their bucket: whoever is first makes one for all. They never change, so each is
 * asked for once.
 */
import type { UserStore } from '../../store/user-store.ts';
import { type Cluster, ClusterError } from '../connection.ts';
import { type Names, toToken } from '../names.ts';
import { lastOf, type Publish } from '../publishing.ts';

export interface SettingsNeeds {
  cluster: Pick<Cluster, 'manager'>;
  names: Pick<Names, 'settings'>;
  publish: Publish;
}

export const createSettings = ({ cluster: { manager }, names, publish }: SettingsNeeds) => {
  const known = new Map<string, string>();
  const subjectOf = (name: string): string => `$KV.${names.settings}.${toToken(name)}`;

  const setting = async (name: string): Promise<string | undefined> => {
    const found = known.get(name) ?? (await lastOf(manager, `KV_${names.settings}`, subjectOf(name)))?.string();
    if (found !== undefined) known.set(name, found);
    return found;
  };

  return {
    setting,
    async keepSetting(name: string, value: string): Promise<string> {
      const there = await setting(name);
      if (there !== undefined) return there;
      const published = await publish({ subject: subjectOf(name), data: Buffer.from(value), expected: 0 });
      if (published.is === 'late') {
        const first = await setting(name);
        if (first === undefined)
          throw new ClusterError('CLUSTER_UNREACHABLE', `the setting ${name} cannot be read yet`);
        return first;
      }
      known.set(name, value);
      return value;
    },
    /** No setting has this name. Rejects where nothing can be stored. */
    async check(): Promise<void> {
      await publish({ subject: `$KV.${names.settings}.=check`, data: Buffer.from('') });
    },
  } satisfies Pick<UserStore, 'setting' | 'keepSetting' | 'check'>;
};
