/**
 * Numbers for a monitoring system: counts by label and code, never ids. Touched once a request or commit, not once an event.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Measures } from './following/label.ts';
import type { Receipt, Submission } from './store/event-log.ts';
import type { Lags } from './store/store.ts';

export interface Metrics {
  committed(group: Submission[], outcomes: Receipt[][], milliseconds: number): void;
  refused(code: string): void;
  listeners(change: 1 | -1): void;
  sockets(change: 1 | -1): void;
  pushed(connections: number): void;
  purged(label: string, rows: number): void;
  text(): Promise<string>;
  contentType: string;
}

/** What is asked when somebody looks. */
export interface Measured {
  waitingBytes: () => number;
  following: () => Measures;
  /** Labels that are followed here. */
  followed: () => readonly string[];
  refusedPushes: () => number;
  /** Of the copies of a store that others share. */
  lags: (() => Lags) | undefined;
}

export const createMetrics = ({ waitingBytes, following, followed, refusedPushes, lags }: Measured): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const events = new Counter({
    name: 'openaction_events_total',
    help: 'Events by label and outcome: stored, duplicate, or the code of their verdict; kept where that is known later',
    labelNames: ['label', 'outcome'],
    registers,
  });
  const refusals = new Counter({
    name: 'openaction_refusals_total',
    help: 'Requests refused whole, by code',
    labelNames: ['code'],
    registers,
  });
  const commitSeconds = new Histogram({
    name: 'openaction_commit_seconds',
    help: 'From a group handed over to its being on disk',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registers,
  });
  const groupEvents = new Histogram({
    name: 'openaction_commit_events',
    help: 'Events that shared one commit',
    buckets: [1, 10, 50, 100, 500, 1000, 2000, 4000],
    registers,
  });
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name: `openaction_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  gauge('waiting_bytes', 'Bytes accepted and not yet on disk', waitingBytes);
  gauge(
    'engine_lag_seconds',
    'From the newest event stored back to the newest one that was put to the engine',
    () => following().lagSeconds,
  );
  gauge('outbox_messages', 'Messages that are due and wait to leave', () => following().outbox);
  gauge('refused_pushes', 'Messages from the cluster for open pages that were none', refusedPushes);
  gauge('fanouts', 'System events that not every customer was told yet', () => following().fanouts);
  const lagGauge = (unit: 'messages' | 'seconds', help: string, read: () => Lags): void => {
    new Gauge({
      name: `openaction_copy_lag_${unit}`,
      help,
      labelNames: ['copy'],
      registers,
      collect() {
        for (const [copy, lag] of Object.entries(read())) this.set({ copy }, lag[unit]);
      },
    });
  };
  if (lags) {
    lagGauge('messages', 'Messages of the cluster that cannot be read here yet', lags);
    lagGauge('seconds', 'Age of the oldest of them; without contact, since when', lags);
  }
  new Gauge({
    name: 'openaction_followed',
    help: '1 for each label whose events are followed by this collector; of several collectors, by one of them',
    labelNames: ['label'],
    registers,
    collect() {
      this.reset();
      for (const label of followed()) this.set({ label }, 1);
    },
  });
  const listeners = new Gauge({ name: 'openaction_live_listeners', help: 'Open live views', registers });

  const sockets = new Gauge({ name: 'openaction_sockets', help: 'Open sockets of the live channel', registers });
  const pushes = new Counter({ name: 'openaction_pushes_total', help: 'Messages pushed to open sockets', registers });

  const purges = new Counter({
    name: 'openaction_purged_total',
    help: 'Events and rows that went because their label keeps them no longer, by label',
    labelNames: ['label'],
    registers,
  });

  return {
    committed(group, outcomes, milliseconds) {
      let total = 0;
      const counts = new Map<string, Map<string, number>>();
      const count = (label: string, outcome: string, by = 1): void => {
        const ofLabel = counts.get(label) ?? new Map<string, number>();
        counts.set(label, ofLabel.set(outcome, (ofLabel.get(outcome) ?? 0) + by));
      };
      for (const [at, { label, rejected }] of group.entries()) {
        const ofSubmission = outcomes[at]!;
        total += ofSubmission.length;
        const notStored = ofSubmission.filter((outcome) => typeof outcome !== 'number');
        count(label, 'stored', ofSubmission.length - notStored.length);
        for (const outcome of notStored) count(label, outcome);
        for (const { code } of rejected) count(label, code);
      }
      for (const [label, ofLabel] of counts) for (const [outcome, by] of ofLabel) events.inc({ label, outcome }, by);
      commitSeconds.observe(milliseconds / 1000);
      groupEvents.observe(total);
    },
    refused: (code) => refusals.inc({ code }),
    listeners: (change) => listeners.inc(change),
    sockets: (change) => sockets.inc(change),
    pushed: (connections) => pushes.inc(connections),
    purged: (label, rows) => purges.inc({ label }, rows),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
};
