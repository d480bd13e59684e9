/**
 * The collector's own push keys: made on the first start, and the same ever after, since every subscription is bound to them.
 */
import webPush from 'web-push';
import type { UserStore } from '../store/user-store.ts';

export interface VapidKeys {
  /** What a page subscribes with, base64url. */
  publicKey: string;
  privateKey: string;
}

export const keptVapidKeys = async (users: Pick<UserStore, 'keepSetting'>): Promise<VapidKeys> =>
  JSON.parse(await users.keepSetting('vapid', JSON.stringify(webPush.generateVAPIDKeys()))) as VapidKeys;
