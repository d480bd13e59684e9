/** Messages as files: when they go. */
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMessageFiles, type MessageFiles } from '../../../src/collector/effects/message-files.ts';
import { filesOfKnown, usersWithFiles } from '../../../src/collector/effects/users-with-files.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import type { UserStore } from '../../../src/collector/store/user-store.ts';

let dataDir: string;
let files: MessageFiles;
let users: UserStore;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'message-files-'));
  files = createMessageFiles(dataDir);
  users = usersWithFiles(createMemoryUsers(), files);
});
afterEach(() => rm(dataDir, { recursive: true }));

const DAY = 86_400_000;
const left = async (kind: 'mail' | 'sms') => (await readdir(join(dataDir, kind, 'shop'))).sort();
/** An e-mail and an SMS of somebody, with their rows. */
const sentTo = async (user: string) => {
  const customer = `u:${user}`;
  const row = { campaign: 'welcome', eid: null, status: 'sent', at: 1, status_at: 1, why: '' } as const;
  await users.update('shop', [
    {
      customer,
      version: 0,
      state: registered({ key: customer, user }, { name: 'shop', gamificationShare: 100 }, 1),
      deliveries: [
        { ...row, uid: `${user}-mail`, channel: 'email' },
        { ...row, uid: `${user}-sms`, channel: 'sms' },
      ],
    },
  ]);
  await files.write('mail', 'shop', `${user}-mail`, 'Dear …');
  await files.write('sms', 'shop', `${user}-sms`, 'Dear …');
};

test('who is erased leaves no file, and others keep theirs', async () => {
  await sentTo('ann');
  await sentTo('bob');
  expect(await users.erase('shop', 'u:ann')).toMatchObject({ states: 1, deliveries: 2 });
  expect([await left('mail'), await left('sms')]).toEqual([['bob-mail.eml'], ['bob-sms.txt']]);
});

test('who is erased while a message of theirs is under way leaves no file, whenever it is written', async () => {
  const known = filesOfKnown(users, files);
  await sentTo('ann');
  await users.erase('shop', 'u:ann');
  await known.write('mail', 'shop', 'ann-mail', 'Dear …');
  expect(await left('mail')).toEqual([]);

  await sentTo('bob');
  await users.keepContent('shop', 'bob-mail', '{}');
  await known.write('mail', 'shop', 'bob-mail', 'Dear …');
  expect(await left('mail')).toEqual(['bob-mail.eml']);
});

test('a file that is written between the look for files and the end of the customer goes, too', async () => {
  const stored = createMemoryUsers();
  users = usersWithFiles(
    {
      ...stored,
      async erase(label, customer) {
        await files.write('mail', label, 'ann-mail', 'Dear …');
        return stored.erase(label, customer);
      },
    },
    files,
  );
  await sentTo('ann');
  await users.erase('shop', 'u:ann');
  expect(await left('mail')).toEqual([]);
});

test('what a process that ended had half written goes with its customer', async () => {
  await sentTo('ann');
  await writeFile(join(dataDir, 'mail/shop/ann-mail.eml.part'), 'Dear');
  await users.erase('shop', 'u:ann');
  expect(await left('mail')).toEqual([]);
});

test('what is too old goes, a little at a time', async () => {
  for (const user of ['ann', 'bob', 'cem']) await sentTo(user);
  const now = Date.now();
  const old = new Date(now - 2 * DAY);
  await utimes(join(dataDir, 'mail/shop/ann-mail.eml'), old, old);
  await utimes(join(dataDir, 'mail/shop/bob-mail.eml'), old, old);
  expect(await files.purge('shop', now - DAY, 1)).toBe(1);
  expect(await files.purge('shop', now - DAY, 1)).toBe(1);
  expect(await files.purge('shop', now - DAY, 1)).toBe(0);
  expect([await left('mail'), (await left('sms')).length]).toEqual([['cem-mail.eml'], 3]);
});

test('where nothing was ever written nothing is taken', async () => {
  expect(await files.purge('shop', Date.now(), 10)).toBe(0);
});
