/** The ways out of a collector with nothing behind them but this machine: one label, one customer, a folder for files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Label, parseConfig } from '../../src/collector/config/config.ts';
import { createMessageFiles, type MessageFiles } from '../../src/collector/effects/message-files.ts';
import { createOutbound } from '../../src/collector/effects/outbound.ts';
import { createOutward } from '../../src/collector/effects/outward.ts';
import type { Sending } from '../../src/collector/effects/sending.ts';
import { createUnsubscribeLinks, type UnsubscribeLinks } from '../../src/collector/effects/unsubscribe-links.ts';
import type { OutboundChannel, Property } from '../../src/collector/engine/customer-state.ts';
import type { MessageRules } from '../../src/collector/engine/definitions.ts';
import { registered } from '../../src/collector/engine/registered.ts';
import type { Notice, PushReport } from '../../src/collector/push/push-sender.ts';

export interface WaysOut {
  dataDir: string;
  files: MessageFiles;
  links: UnsubscribeLinks;
  messages: Partial<MessageRules>;
  properties: { [name: string]: Property };
  /** What the push sender is given, and answers. */
  pushed: Notice[];
  pushReport: PushReport;
  send(channel: OutboundChannel, words: object, item?: { uid?: string; transactional?: boolean }): Promise<Sending>;
  stop(): Promise<void>;
}

export const byServer = (value: string): Property => ({ value, trust: 'server' });

const parsed = parseConfig({
  labels: [
    {
      name: 'My shop',
      keys: { public: ['shop-label'] },
      brands: ['main'],
      origins: ['self', 'https://shop.example'],
      linkHosts: ['partner.example'],
      assetHosts: ['https://cdn.example'],
    },
  ],
});
const shop = (parsed as { config: { labels: Label[] } }).config.labels[0]!;

export const NOW = Date.parse('2026-11-21T12:00:00Z');

export const openWaysOut = async (): Promise<WaysOut> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'ways-out-'));
  const files = createMessageFiles(dataDir);
  const links = createUnsubscribeLinks('a key', () => 'https://collector.example');
  const outbound = createOutbound({
    outward: createOutward({ allowed: new Set(['127.0.0.1']), timeout: 5_000, now: () => NOW }),
    files,
    pushes: {
      async send(_, __, notice) {
        ways.pushed.push(notice);
        return ways.pushReport;
      },
    },
    unsubscribeLinks: links,
    ownOrigins: new Set(['https://collector.example']),
    now: () => NOW,
  });
  const customer = { key: 'u:ann', user: 'Ann' };
  const ways: WaysOut = {
    dataDir,
    files,
    links,
    messages: {},
    properties: { email: byServer('ann@customer.example'), phone: byServer('+49 170 1234567') },
    pushed: [],
    pushReport: { sent: 0, gone: 0, failed: [], native: 0 },
    send(channel, words, { uid = 'uid-1', transactional = false } = {}) {
      const label = { ...shop, messages: { ...shop.messages, ...ways.messages } };
      const state = { ...registered(customer, label, 0), properties: ways.properties };
      const item = { uid, campaign: 'welcome', eid: 'e-1', channel, transactional, at: NOW, due_at: NOW, tries: 0 };
      return outbound.send(label, { ...customer, state }, item, JSON.stringify(words));
    },
    async stop() {
      outbound.close();
      await rm(dataDir, { recursive: true });
    },
  };
  return ways;
};
