/**
 * The config in force, and what became of the last one that was to replace it. It is swapped whole: who asks twice within
 * one task is answered alike, and who keeps what was made of it listens for the next one. Reads no file.
 */
import type { Config, Label } from './config.ts';
import type { Mistake } from './place.ts';

export interface Refused {
  at: number;
  mistakes: Mistake[];
  /** What the labels of the refused one are called, by their place. */
  labels: string[];
}

export interface SettingsNews {
  /** When what is in force was read. */
  since: number;
  /** Of what is in force: it works, and should be better. */
  warnings: Mistake[];
  /** The last config, if it had mistakes; one without takes this away. */
  refused: Refused | null;
  /** Names that the last config sets otherwise, and that count after a restart only. */
  afterRestart: string[];
}

export interface Settings {
  config(): Config;
  labels(): readonly Label[];
  /** By its name in the log. */
  label(name: string): Label | undefined;
  news(): SettingsNews;
  /** Called after each swap, with the config that is in force then; returns the end of it. */
  changed(listener: (config: Config) => void): () => void;
}

/** What a parser made of a file that has no mistake. */
export interface Loaded {
  config: Config;
  warnings: Mistake[];
}

export interface ChangingSettings extends Settings {
  replace(next: Loaded, at: number): void;
  refuse(refused: Refused): void;
}

/** Sockets listen and proxies are believed by these from the start on. */
const fixed = ['publicUrl', 'trustedProxies'] as const;

/** @param start what the collector starts with, read at `at` */
export const settingsOf = (start: Loaded, at: number): ChangingSettings => {
  const first = start.config;
  let current = first;
  let byName = new Map(first.labels.map((label) => [label.name, label]));
  let news: SettingsNews = { since: at, warnings: start.warnings, refused: null, afterRestart: [] };
  const listeners = new Set<(config: Config) => void>();
  return {
    config: () => current,
    labels: () => current.labels,
    label: (name) => byName.get(name),
    news: () => news,
    changed(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    replace({ config: next, warnings }, since) {
      current = { ...first, labels: next.labels };
      byName = new Map(next.labels.map((label) => [label.name, label]));
      const afterRestart = fixed.filter((name) => JSON.stringify(next[name]) !== JSON.stringify(first[name]));
      news = { since, warnings, refused: null, afterRestart };
      for (const listener of [...listeners]) listener(current);
    },
    refuse(refused) {
      news = { ...news, refused };
    },
  };
};
