/** What the program is asked by its arguments. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { help, parseCommand } from '../../src/collector/command-line.ts';

test.each([
  [[], { is: 'start' }],
  [['init'], { is: 'init', file: undefined }],
  [['init', 'my.json'], { is: 'init', file: 'my.json' }],
  [['backup', 'there'], { is: 'backup', target: 'there' }],
  [['help'], { is: 'help' }],
  [['--help'], { is: 'help' }],
  [['-h'], { is: 'help' }],
  [['--version'], { is: 'version' }],
])('%j', (args, command) => expect(parseCommand(args)).toEqual(command));

test.each([
  [['instal'], 'there is no command "instal"'],
  [['--port', '80'], 'there is no command "--port"'],
  [['backup'], '"backup" takes the directory to make'],
  [['backup', ''], '"backup" takes the directory to make'],
  [['backup', 'a', 'b'], '"backup" takes one argument'],
  [['backup', '--force'], '"backup" has no option "--force"'],
])('%j is a mistake, and told with what is known', (args, why) => {
  const command = parseCommand(args);
  expect(command).toMatchObject({ is: 'wrong', why: expect.stringContaining(why) });
  expect(command).toMatchObject({ why: expect.stringContaining('backup target') });
});

test('the help names every variable that README names', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const table = readme.split('| variable | default | |')[1]!.split('\n\n')[0]!;
  const variables = [...table.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name!);
  expect(variables.length).toBeGreaterThan(4);
  expect(variables.filter((name) => !help.includes(name))).toEqual([]);
});
