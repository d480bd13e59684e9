/**
 * What is asked of the program by its arguments. Pure; `main.ts` hands it `process.argv` and does it.
 */
export type Command =
  | { is: 'start' }
  | { is: 'init'; file: string | undefined }
  | { is: 'backup'; target: string }
  | { is: 'help' }
  | { is: 'version' }
  | { is: 'wrong'; why: string };

export const help = `openaction: the event collector

  node dist/collector.js                 starts it
  node dist/collector.js init [file]     writes a config with fresh keys (config.json)
  node dist/collector.js backup target   copies everything in DATA_DIR into a new directory, while it runs or not
  node dist/collector.js help, --help    this
  node dist/collector.js --version       its version

Environment: PORT (8080), HOST (127.0.0.1), DATA_DIR (./data), CONFIG (the demo's), STORE (sqlite), LOG_LEVEL (info).
It ends with 0 when it did what was asked, and with 1 and the reason when it did not.
`;

const known = 'init [file], backup target, help, --version';

export const parseCommand = ([command, argument, ...more]: readonly string[]): Command => {
  const wrong = (why: string): Command => ({ is: 'wrong', why: `${why}; known is: ${known}` });
  if (command === undefined) return { is: 'start' };
  if (['help', '--help', '-h'].includes(command)) return { is: 'help' };
  if (['version', '--version', '-v'].includes(command)) return { is: 'version' };
  if (command !== 'init' && command !== 'backup') return wrong(`there is no command "${command}"`);
  if (more.length > 0) return wrong(`"${command}" takes one argument`);
  if (argument?.startsWith('-')) return wrong(`"${command}" has no option "${argument}"`);
  if (command === 'init') return { is: 'init', file: argument };
  if (argument === undefined || argument === '') return wrong('"backup" takes the directory to make');
  return { is: 'backup', target: argument };
};
