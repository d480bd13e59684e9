/**
 * What a label has that defines nothing.
 */
import type { Definitions } from './definitions.ts';

export const noDefinitions: Definitions = {
  segments: {},
  campaigns: [],
  missions: [],
  levels: [],
  ads: [],
  messages: {
    quietHours: null,
    timeZone: 'UTC',
    caps: {},
    inboxPerMonth: null,
    recipientTrust: 'server',
    email: { from: 'no-reply@localhost', smtp: null },
    sms: null,
    webhooks: null,
  },
  written: { segments: {}, campaigns: {}, missions: {}, templates: {} },
};
