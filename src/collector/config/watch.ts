/**
 * The config on disk, looked at every second and read when it changed and was quiet for one look: editors write in pieces
 * and put new files in the place of old ones, containers turn a link. One that is right is in force at once; one with mistakes
 * changes nothing, and is told.
 */
import { stat } from 'node:fs/promises';
import type { ParsedConfig } from './config.ts';
import { configDifference } from './difference.ts';
import type { Mistake } from './place.ts';
import type { ChangingSettings } from './settings.ts';

/** Who is told what became of a file. */
export interface ConfigNews {
  /** Names of what changed, and those that count after a restart only. */
  inForce(changed: string[], afterRestart: string[]): void;
  /** What works, and should be better. */
  warned(warnings: Mistake[]): void;
  refused(mistakes: Mistake[]): void;
  failed(cause: unknown): void;
}

export interface ConfigWatchNeeds {
  file: string;
  settings: ChangingSettings;
  read: (file: string) => Promise<ParsedConfig>;
  news: ConfigNews;
  now?: () => number;
  /** What tells one state of the file from another. */
  mark?: (file: string) => Promise<string>;
}

/** Neither rejects. */
export interface ConfigWatch {
  /** Called every second. */
  look(): Promise<void>;
  /** Whatever the file looks like. */
  readNow(): Promise<void>;
}

/** Through links, to the file that is read. */
export const markOf = async (file: string): Promise<string> => {
  try {
    const { dev, ino, size, mtimeMs } = await stat(file);
    return [dev, ino, size, mtimeMs].join(' ');
  } catch (cause) {
    return `no file: ${(cause as { code?: string }).code}`;
  }
};

/** @param first the mark that the file had before it was read for the start */
export const watchConfig = (needs: ConfigWatchNeeds, first: string): ConfigWatch => {
  const { file, settings, read, news, now = Date.now, mark = markOf } = needs;
  let known = first;
  let seen = first;
  let reading: Promise<void> = Promise.resolve();

  const take = (parsed: ParsedConfig): void => {
    if (parsed.ok) {
      const changed = configDifference(settings.config(), parsed.config);
      settings.replace(parsed, now());
      news.inForce(changed, settings.news().afterRestart);
      news.warned(parsed.warnings);
    } else {
      const { mistakes, labels } = parsed;
      settings.refuse({ at: now(), mistakes, labels });
      news.refused(mistakes);
    }
  };
  /** One reading after the other, and each of the file as it is by then. */
  const readNow = (): Promise<void> => {
    reading = reading
      .then(async () => {
        known = await mark(file);
        take(await read(file));
      })
      .catch(news.failed);
    return reading;
  };

  return {
    readNow,
    async look() {
      const current = await mark(file);
      const isQuiet = current === seen;
      seen = current;
      if (isQuiet && current !== known) await readNow();
    },
  };
};
