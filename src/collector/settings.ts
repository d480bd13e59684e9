/**
 * The config in force. It is swapped whole: who asks twice within one task is answered alike, and who keeps what was made
 * of it listens for the next one. Reads no file.
 */
import type { Config, Label } from './config.ts';

export interface Settings {
  config(): Config;
  labels(): readonly Label[];
  /** By its name in the log. */
  label(name: string): Label | undefined;
  /** Called after each swap, with the config that is in force then; returns the end of it. */
  changed(listener: (config: Config) => void): () => void;
}

export interface ChangingSettings extends Settings {
  /** What cannot change while the collector runs stays what it was at the start. */
  replace(next: Config): void;
}

/** Begins with the config that the collector was started with. */
export const settingsOf = (first: Config): ChangingSettings => {
  let current = first;
  let byName = new Map(first.labels.map((label) => [label.name, label]));
  const listeners = new Set<(config: Config) => void>();
  return {
    config: () => current,
    labels: () => current.labels,
    label: (name) => byName.get(name),
    changed(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    replace({ labels }) {
      current = { ...first, labels };
      byName = new Map(labels.map((label) => [label.name, label]));
      for (const listener of listeners) listener(current);
    },
  };
};
