/**
 * A campaign begins once for a customer and an event, whatever kills the collector and however often the event comes.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { labelDesk } from '../support/label-desk.ts';
import { patiently } from '../support/until.ts';

const KILLS = 6;
const EVENTS = 180;
const users = Array.from({ length: 12 }, (_, at) => `player-${at}`);

const config = {
  labels: [
    {
      name: 'Casino',
      keys: { public: ['casino'], secret: ['demo-secret'], admin: ['demo-admin'] },
      brands: ['main'],
      origins: ['self'],
      segments: { PAID_OFTEN: { event: 'paid', count: { min: 10 } } },
      campaigns: {
        paid: {
          on: { event: 'paid' },
          trust: 'server',
          steps: [
            { points: 1 },
            { inbox: { title: 'Receipt', body: 'For {{event.nr}}.' } },
            { email: { subject: 'Receipt {{event.nr}}', text: 'Thank you.', transactional: true } },
            { wait: '1s' },
            { tag: 'PAID' },
          ],
        },
        often: { on: { entered: 'PAID_OFTEN' }, steps: [{ points: 1000 }] },
      },
    },
  ],
};

const event = (nr: number) => ({
  eid: `paid-${String(nr).padStart(6, '0')}`,
  event_date: Date.now(),
  user_ext_id: users[nr % users.length],
  event_type: 'client_action',
  payload: { client_action: 'paid', nr },
});

/** Sends until it is answered, as any client does; every other batch once more, as lost answers make them. */
const sendAll = async (tell: (body: string) => Promise<unknown>): Promise<void> => {
  for (let from = 0; from < EVENTS; from += 6) {
    const body = JSON.stringify(Array.from({ length: 6 }, (_, at) => event(from + at)));
    for (let times = from % 12 ? 1 : 2; times > 0; ) {
      try {
        await tell(body);
        times--;
      } catch {
        await pause(20); // it is down: that is what this is about
      }
    }
  }
};

const killAndRestart = async (collector: RunningCollector): Promise<void> => {
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(40 + ((kill * 37) % 90));
    await collector.kill('SIGKILL');
    await collector.restart();
  }
};

test('a collector that is killed again and again gives every customer everything once', async () => {
  const collector = await startCollector({ config, env: { LOG_LEVEL: 'error' } });
  try {
    const desk = labelDesk(() => collector.url);
    for (const user of users) await desk.event(user, 'update_profile', { email: `${user}@customers.example` });
    await Promise.all([sendAll(desk.tell), killAndRestart(collector)]);

    const rows = (channel: string) => desk.sent({ campaign: 'paid', channel, limit: '1000' });
    await expect
      .poll(async () => (await rows('email')).filter(({ status }) => status === 'sent').length, patiently)
      .toBe(EVENTS);
    await expect
      .poll(async () => (await rows('run')).filter(({ status }) => status === 'ended').length, patiently)
      .toBe(EVENTS);
    const eids = (await rows('inbox')).map(({ eid }) => eid);
    expect([eids.length, new Set(eids).size]).toEqual([EVENTS, EVENTS]);
    const mails = readdirSync(join(collector.dataDir, 'mail'), { recursive: true, encoding: 'utf8' });
    expect(mails.filter((name) => name.endsWith('.eml')).length).toBe(EVENTS);
    for (const user of users) {
      const { props } = await desk.read<{ props: { [name: string]: unknown } }>(`/v1/customers/${user}`);
      expect(props).toMatchObject({
        ach_points_balance: EVENTS / users.length + 1000,
        core_inbox_unread_count: EVENTS / users.length,
        core_public_tags: ['PAID'],
      });
    }
  } finally {
    await collector.stop();
  }
});
