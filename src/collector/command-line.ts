/**
 * What is asked of the program by its arguments. Pure; `main.ts` hands it `process.argv` and does it.
 */
import { type ClusterAddress, isClusterAddress, parseClusterAddress } from './cluster/address.ts';

export type Command =
  | { is: 'start' }
  | { is: 'init'; file: string | undefined }
  | { is: 'backup'; target: string }
  | { is: 'copy'; from: string; to: ClusterAddress }
  | { is: 'help' }
  | { is: 'version' }
  | { is: 'wrong'; why: string };

export const help = `openaction: the event collector

  node dist/collector.js                 starts it
  node dist/collector.js init [file]     writes a config with fresh keys (config.json)
  node dist/collector.js backup target   copies everything in DATA_DIR into a new directory, while it runs or not
  node dist/collector.js copy sqlite:dir nats://host[,...]
                                         copies the store in dir into a cluster; stopped at any time and begun again it goes on
  node dist/collector.js help, --help    this
  node dist/collector.js --version       its version

Environment: PORT (8080), HOST (127.0.0.1), DATA_DIR (./data), CONFIG (the demo's), STORE (sqlite, or nats://host[,host...]), LOG_LEVEL (info).
It ends with 0 when it did what was asked, and with 1 and the reason when it did not.
`;

const known = 'init [file], backup target, copy sqlite:dir nats://host, help, --version';

type Wrong = (why: string) => Command;

const parseCopy = ([from = '', to = '']: readonly string[], wrong: Wrong): Command => {
  const [, directory] = /^sqlite:(?:\/\/)?(.+)$/s.exec(from) ?? [];
  if (isClusterAddress(from)) return wrong('"copy" goes from sqlite to a cluster alone');
  if (directory === undefined) return wrong('"copy" takes first sqlite: and the directory of a store');
  if (!isClusterAddress(to)) return wrong('"copy" takes second the address of a cluster, nats://host:4222');
  const parsed = parseClusterAddress(to);
  if (parsed.ok) return { is: 'copy', from: directory, to: parsed.address };
  return { is: 'wrong', why: parsed.mistakes.map(({ reason }) => `the address of the cluster: ${reason}`).join('\n') };
};

/** What each takes at the most. */
const most: { [command: string]: number } = { init: 1, backup: 1, copy: 2 };

export const parseCommand = ([command, ...given]: readonly string[]): Command => {
  const wrong: Wrong = (why) => ({ is: 'wrong', why: `${why}; known is: ${known}` });
  if (command === undefined) return { is: 'start' };
  if (['help', '--help', '-h'].includes(command)) return { is: 'help' };
  if (['version', '--version', '-v'].includes(command)) return { is: 'version' };
  const room = Object.hasOwn(most, command) ? most[command]! : 0;
  if (room === 0) return wrong(`there is no command "${command}"`);
  if (given.length > room) return wrong(`"${command}" takes ${room === 1 ? 'one argument' : `${room} arguments`}`);
  const option = given.find((one) => one.startsWith('-'));
  if (option !== undefined) return wrong(`"${command}" has no option "${option}"`);
  const [argument] = given;
  if (command === 'copy') return parseCopy(given, wrong);
  if (command === 'init') return { is: 'init', file: argument };
  if (argument === undefined || argument === '') return wrong('"backup" takes the directory to make');
  return { is: 'backup', target: argument };
};
