/** What the program is asked by its arguments. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { help, parseCommand } from '../../src/collector/command-line.ts';

test.each([
  [[], { is: 'start' }],
  [['init'], { is: 'init', file: undefined }],
  [['init', 'my.json'], { is: 'init', file: 'my.json' }],
  [['backup', 'there'], { is: 'backup', target: 'there' }],
  [
    ['copy', 'sqlite:./data', 'nats://a'],
    { is: 'copy', from: './data', to: { servers: ['a:4222'], name: 'openaction' } },
  ],
  [
    ['copy', 'sqlite:///var/data', 'nats://a,b:1?name=two'],
    { from: '/var/data', to: { servers: ['a:4222', 'b:1'], name: 'two' } },
  ],
  [['help'], { is: 'help' }],
  [['--help'], { is: 'help' }],
  [['-h'], { is: 'help' }],
  [['--version'], { is: 'version' }],
])('%j', (args, command) => expect(parseCommand(args)).toMatchObject(command));

test.each([
  [['instal'], 'there is no command "instal"'],
  [['--port', '80'], 'there is no command "--port"'],
  [['backup'], '"backup" takes the directory to make'],
  [['backup', ''], '"backup" takes the directory to make'],
  [['backup', 'a', 'b'], '"backup" takes one argument'],
  [['backup', '--force'], '"backup" has no option "--force"'],
  [['copy'], '"copy" takes first sqlite: and the directory of a store'],
  [['copy', './data', 'nats://a'], '"copy" takes first sqlite:'],
  [['copy', 'sqlite:', 'nats://a'], '"copy" takes first sqlite:'],
  [['copy', 'sqlite:./data'], '"copy" takes second the address of a cluster'],
  [['copy', 'sqlite:./data', 'a:4222'], '"copy" takes second the address of a cluster'],
  [['copy', 'nats://a', 'sqlite:./data'], '"copy" goes from sqlite to a cluster alone'],
  [['copy', 'sqlite:./data', 'nats://a', 'now'], '"copy" takes 2 arguments'],
  [['copy', 'sqlite:./data', 'nats://a', '--now'], '"copy" takes 2 arguments'],
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

test('a mistake in the address of a cluster is told, and not the address, which may hold a password', () => {
  const command = parseCommand(['copy', 'sqlite:./data', 'nats://me:secret@a:4222?copies=3']);
  expect(command).toMatchObject({ is: 'wrong', why: expect.stringContaining('and nothing else') });
  expect(JSON.stringify(command)).not.toContain('secret');
});
