/** A collector in this process, on a socket of its own, keeping everything in memory: for tests that look or reach inside. */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { createCollector } from '../../src/collector/collector.ts';
import { type Label, parseConfig } from '../../src/collector/config/config.ts';
import { type ChangingSettings, settingsOf } from '../../src/collector/config/settings.ts';
import type { PushService } from '../../src/collector/push/push-service.ts';
import { serve } from '../../src/collector/serve.ts';
import { createMemoryLog } from '../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../src/collector/store/memory-users.ts';
import type { UserStore } from '../../src/collector/store/user-store.ts';
import { root } from './source-map.ts';

const demo = JSON.parse(readFileSync(`${root}/demo/config.json`, 'utf8')) as { labels: object[] };

export interface CollectorHere {
  url: string;
  port: number;
  users: UserStore;
  settings: ChangingSettings;
  /** The first label of the config. */
  label: Label;
  /** Everything it logged so far. */
  logged(): string;
  stop(): Promise<void>;
}

export interface HereStart {
  /** Names of the first label that differ from the demo's. */
  label?: object;
  /** Names of the config beside its labels. */
  config?: object;
  pushService?: PushService;
}

export const startHere = async ({ label = {}, config = {}, pushService }: HereStart = {}): Promise<CollectorHere> => {
  const [first, ...others] = demo.labels;
  // The demo's campaigns ask about the demo's segments.
  const ownCampaigns = 'segments' in label ? { campaigns: {}, missions: {} } : {};
  const parsed = parseConfig({ ...config, labels: [{ ...first, ...ownCampaigns, ...label }, ...others] });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  const settings = settingsOf(parsed, Date.now());
  const ownOrigins = new Set<string>();
  const users = createMemoryUsers();
  const lines: string[] = [];
  const collector = await createCollector({
    settings,
    log: createMemoryLog(),
    users,
    store: 'memory',
    files: { write: async (kind, _, uid) => `${kind}/${uid}` },
    logger: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
    version: '0',
    pages: { dist: `${root}/dist`, site: undefined },
    ownOrigins,
    ...(pushService ? { pushService } : {}),
  });
  const serving = await serve(collector, { host: '127.0.0.1', port: 0, publicUrl: null }, ownOrigins);
  return {
    url: serving.url,
    port: Number(new URL(serving.url).port),
    users,
    settings,
    label: parsed.config.labels[0]!,
    logged: () => lines.join(''),
    stop: serving.stop,
  };
};
