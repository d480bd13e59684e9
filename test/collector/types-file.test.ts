/** The registry as TypeScript: what it says, and that it compiles beside the SDK's own types, whatever pages sent. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { typesFile } from '../../src/collector/operator/types-file.ts';
import { foldRegistry } from '../../src/collector/registry-tally.ts';
import type { RegistryRows } from '../../src/collector/store/event-log.ts';
import { root } from '../support/source-map.ts';

const shape = (
  event_type: string,
  name: string,
  fields: [string, string][],
  count = 1,
): RegistryRows['shapes'][number] => ({
  event_type,
  name,
  shape: JSON.stringify(fields),
  count,
  first_seen: 0,
  last_seen: 0,
});
const typesOf = (rows: Partial<RegistryRows>): string =>
  typesFile(foldRegistry({ shapes: [], registered: [], ...rows }));

/** What the compiler says of a page's script beside the declarations. */
const compiled = (declarations: string, script: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'types-'));
  try {
    const sdk = join(root, 'src/sdk');
    writeFileSync(join(folder, 'seen.d.ts'), declarations);
    writeFileSync(join(folder, 'page.ts'), script);
    const compilerOptions = {
      composite: false,
      incremental: false,
      noEmit: true,
      emitDeclarationOnly: false,
      skipLibCheck: false,
      rootDir: '/',
      paths: { openaction: [join(sdk, 'module.ts')] },
    };
    const files = ['seen.d.ts', 'page.ts', join(sdk, 'ui/style-sheets.d.ts')];
    const config = { extends: join(sdk, 'tsconfig.json'), compilerOptions, files, include: [], references: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    return stdout.toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('a field that every event had is there, one that some had may be left out, one that is dropped is not in it', () => {
  const text = typesOf({
    shapes: [
      shape('client_action', 'Deposit', [['amount', 'number']], 2),
      shape('client_action', 'Deposit', [
        ['amount', 'number'],
        ['bonus', 'null'],
      ]),
      shape('client_action', 'Deposit', [
        ['amount', 'number'],
        ['bonus', 'string'],
        ['card', 'string'],
      ]),
      shape('page_view', '', [
        ['path', 'string'],
        ['tags', 'array'],
        ['by', 'object'],
      ]),
    ],
    registered: [
      { kind: 'action', name: 'Deposit', fields: { card: { drop: true } } },
      { kind: 'action', name: 'Later', fields: { at: { type: 'number' } } },
    ],
  });
  expect(text).toContain(`export interface Seen {
  actions: {
    "Deposit": {
      "amount": number;
      "bonus"?: null | string;
    };
    "Later": {
      "at"?: number;
    };
  };
  events: {
    "page_view": {
      "by": { [name: string]: unknown };
      "path": string;
      "tags": unknown[];
    };
  };
}`);
});

test('it compiles with the hostile names that pages send, and knows them beside the SDK', () => {
  const hostile = [
    '*/ }',
    'a"b',
    "it's",
    '`$' + '{x}`',
    'new\nline',
    '\\',
    '\u2028',
    '\ud800',
    '__proto__',
    'constructor',
    '',
    '</script>',
  ];
  const shapes = hostile.flatMap((name) => [
    shape('client_action', name || 'empty', [[name, 'number']]),
    shape(name || 'empty', '', [[name, 'string']]),
  ]);
  const declarations = typesOf({ shapes });
  expect(
    compiled(
      declarations,
      `_smartico.action('*/ }', { '*/ }': 1 }); _smartico.event("it's", { "it's": 'x' }); _smartico.action('new\\nline');
       // @ts-expect-error a number is no text
       _smartico.event("it's", { "it's": 1 });
       // @ts-expect-error nothing of this name was seen
       _smartico.action('Depsit');
       export {};`,
    ),
  ).toBe('');
});
