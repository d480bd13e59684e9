/** What one client is told, in which order. */
import { expect, test } from 'vitest';
import { createChannel } from '../../src/collector/channel.ts';
import { createConversation } from '../../src/collector/protocol/conversation.ts';
import type { Protocol } from '../../src/collector/protocol/protocol.ts';
import type { Speaker } from '../../src/collector/protocol/speaker.ts';

const speaker = { label: { name: 'casino' }, customer: null } as unknown as Speaker;
const anna = { ...speaker, customer: { key: 'u:anna', user: 'anna' } } as Speaker;

test.each([
  ['known', 6, { errCode: 0, props: { ach_gems_balance: 1 } }],
  ['refused by the store', 6, { errCode: 500 }],
])(
  'what changes while a customer is looked up and %s is told in its order, after the answer where there is one',
  async (_, cid, answer) => {
    const channel = createChannel(() => {});
    const told: object[] = [];
    const protocol = {
      speaker: () => speaker,
      current: () => speaker,
      settings: () => ({}),
      identified: () => anna,
      async customer() {
        for (const version of [2, 3])
          channel.tell('casino', 'u:anna', { version, pushes: [{ cid: 108, props: { ach_gems_balance: version } }] });
        if (answer.errCode > 0) throw new Error('of the test');
        return { fields: { props: { ach_gems_balance: 1 } }, pending: [] };
      },
    } as unknown as Protocol;
    const line = { write: (text: string) => told.push(JSON.parse(text)) > 0, end: () => {} };
    const whence = { address: '::1' } as never;
    const conversation = createConversation({ protocol, channel, checkRate: () => {}, failed: () => {} }, line, whence);
    await conversation.hear('{"cid":3,"label_key":"k"}');
    await conversation.hear('{"cid":5,"ext_user_id":"anna"}');
    channel.tell('casino', 'u:anna', { version: 4, pushes: [{ cid: 108, props: { ach_gems_balance: 4 } }] });
    const news = [2, 3, 4].map((gems) => ({ cid: 108, props: { ach_gems_balance: gems } }));
    const answered = told.findIndex((one) => 'cid' in one && one.cid === cid);
    expect(told[answered]).toMatchObject(answer);
    expect(told.filter((one) => 'cid' in one && one.cid === 108)).toEqual(news);
    if (answer.errCode === 0) expect(told.slice(answered + 1)).toEqual(news);
  },
);
