/**
 * The program: environment to options, options to a listening collector, signals to a clean end.
 * The only place that reads `process.env`.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { destination, type Logger, pino } from 'pino';
import { arrive } from './cluster/arriving.ts';
import { copyDirectory } from './cluster/log/copy-file.ts';
import { openClusterStore } from './cluster/open.ts';
import { openWaiting } from './cluster/waiting.ts';
import { type Collector, createCollector } from './collector.ts';
import { type Command, help, parseCommand } from './command-line.ts';
import { backUp, copyStore, init, refuseToStart } from './commands.ts';
import { readConfigFor } from './config/file.ts';
import { configNews } from './config/news.ts';
import type { Mistake } from './config/place.ts';
import { settingsOf } from './config/settings.ts';
import { markOf, watchConfig } from './config/watch.ts';
import { createMessageFiles } from './effects/message-files.ts';
import { filesOfKnown, usersWithFiles } from './effects/users-with-files.ts';
import { type Options, parseOptions } from './options.ts';
import { type Doors, serve } from './serve.ts';
import { DirectoryTaken } from './store/sqlite-file.ts';
import { openSqliteStore } from './store/sqlite-store.ts';
import type { Store } from './store/store.ts';
import { storeFaultText } from './store/store-fault.ts';

/** Put in by the build. */
declare const VERSION: string;

const dist = fileURLToPath(new URL('.', import.meta.url));
const site = fileURLToPath(new URL('../demo', import.meta.url));
const storeWorker = new URL('./store-worker.js', import.meta.url);
const demoConfig = fileURLToPath(new URL('../demo/config.json', import.meta.url));

/** Of the config on disk. */
const LOOK_EVERY = 1_000;

/** Where to look when somebody has just typed `npm start`. */
const demoAddresses = (url: string): string => {
  const site = `http://localhost:${new URL(url).port}`;
  return `  the operator's site   ${site}/\n  a framed platform     ${site}/b2b/\n  the live view         ${site}/live   (admin key: demo-admin)\n`;
};
const told = ({ path, reason }: Mistake): string => `  ${path || 'the whole'}: ${reason}`;

const configFileOf = ({ configFile }: Options): string => {
  if (!configFile && !existsSync(demoConfig))
    refuseToStart(['no CONFIG is named; make one with: openaction init config.json']);
  return configFile ?? demoConfig;
};

const cannotListen =
  (host: string, port: number) =>
  (cause: Error): never =>
    refuseToStart([`cannot listen on ${host}:${port}: ${cause.message}`]);
const cannotStore =
  (where: string) =>
  (cause: Error): never =>
    refuseToStart([
      cause instanceof DirectoryTaken ? cause.message : `cannot store events in ${where}: ${storeFaultText(cause)}`,
    ]);

interface Opened {
  store: Store;
  collector: Collector;
  /** Where it listened already. */
  doors?: Doors;
}

const opened = async (
  { store: choice, dataDir, host, port }: Options,
  logger: Logger,
  trustedProxies: string[],
  collectorOver: (store: Store) => Promise<Collector>,
): Promise<Opened> => {
  if (choice.is === 'sqlite') {
    // Whoever forgets STORE would have events acknowledged that no other collector ever sees.
    if (existsSync(copyDirectory(dataDir)))
      refuseToStart([
        `${copyDirectory(dataDir)} is of a cluster; name the cluster in STORE, or remove that directory to keep events in ${dataDir} alone`,
      ]);
    const store = await openSqliteStore(dataDir, storeWorker, logger).catch(cannotStore(dataDir));
    return { store, collector: await collectorOver(store) };
  }
  const waiting = await openWaiting({ logger, version: VERSION, dist, trustedProxies, host, port }).catch(
    cannotListen(host, port),
  );
  const { address } = choice;
  const open = (found: () => void): Promise<Store> =>
    openClusterStore({ address, dataDir, worker: storeWorker, logger, found });
  const arrived = await arrive(waiting, logger, open, collectorOver).catch(cannotStore(address.servers.join(', ')));
  return { ...arrived, doors: waiting.doors };
};

const start = async (options: Options): Promise<void> => {
  const file = configFileOf(options);
  const read = readConfigFor(options.host);
  const mark = await markOf(file);
  const loaded = await read(file);
  if (!loaded.ok) return refuseToStart([`${file} has mistakes:`, ...loaded.mistakes.map(told)]);
  const sink = destination({ dest: 2, sync: false });
  const logger = pino({ level: options.logLevel, base: null }, sink);
  const news = configNews(logger, options.host);
  news.warned(loaded.warnings);

  const settings = settingsOf(loaded, Date.now());
  const files = createMessageFiles(options.dataDir);
  const ownOrigins = new Set<string>();
  const { host, port } = options;
  const { publicUrl, trustedProxies } = loaded.config;
  const collectorOver = ({ is, log, users, shared }: Store): Promise<Collector> =>
    createCollector({
      settings,
      log,
      users: usersWithFiles(users, files),
      store: is,
      ...shared,
      files: filesOfKnown(users, files),
      logger,
      version: VERSION,
      pages: { dist, site },
      ownOrigins,
    });
  let drain = async (): Promise<void> => {};
  const end = async (signal: string): Promise<void> => {
    logger.info({ signal }, 'draining');
    await drain();
    logger.info('ended; everything accepted is on disk');
    sink.flushSync();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, (name: string) => void end(name));

  const { store, collector, doors } = await opened(options, logger, trustedProxies, collectorOver);
  const serving = await serve(collector, { host, port, publicUrl }, ownOrigins, doors).catch(cannotListen(host, port));
  process.stdout.write(`listening on ${serving.url}\n${options.configFile ? '' : demoAddresses(serving.url)}`);

  const watch = watchConfig({ file, settings, read, news }, mark);
  const looking = setInterval(watch.look, LOOK_EVERY).unref();
  // With a terminal it says that the terminal is gone.
  if (!process.stdin.isTTY) process.on('SIGHUP', watch.readNow);
  drain = async () => {
    clearInterval(looking);
    await serving.stop();
    await store.close();
  };
};

const doAsAsked = async (command: Command): Promise<unknown> => {
  if (command.is === 'help') return process.stdout.write(help);
  if (command.is === 'version') return process.stdout.write(`${VERSION}\n`);
  if (command.is === 'wrong') return refuseToStart([command.why]);
  const parsed = parseOptions(process.env);
  if (!parsed.ok) return refuseToStart(['the environment has mistakes:', ...parsed.mistakes.map(told)]);
  const { options } = parsed;
  if (command.is === 'init') return init(command.file ?? options.configFile ?? 'config.json');
  if (command.is === 'start') return start(options);
  if (command.is === 'copy') return copyStore({ ...command, dataDir: options.dataDir });
  return backUp(options, command.target);
};

await doAsAsked(parseCommand(process.argv.slice(2)));
