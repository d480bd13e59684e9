/**
 * What becomes of the config on disk, in the log: by name, since nobody finds out by reading it.
 */
import type { Logger } from 'pino';
import { isLoopback } from '../serve.ts';
import type { ConfigNews } from './watch.ts';

/** @param host where nobody else reaches the collector, warnings are for `/v1/config` only */
export const configNews = (logger: Logger, host: string): ConfigNews => ({
  inForce(changed, afterRestart) {
    logger.info({ changed }, 'the config on disk is in force');
    if (afterRestart.length > 0) logger.warn({ names: afterRestart }, 'this of the config counts after a restart only');
  },
  warned(warnings) {
    if (!isLoopback(host)) for (const one of warnings) logger.warn(one, 'the config works, and should be better');
  },
  refused(mistakes) {
    for (const one of mistakes) logger.error(one, 'the config on disk has a mistake; the one in force stays');
  },
  failed: (cause) => logger.error({ err: cause }, 'the config on disk could not be taken over'),
});
