/**
 * README's whole example of campaigns is what it says: a config that is taken, and that an editor's schema would take.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/collector/config/config.ts';
import { codeBlocksOf } from '../support/markdown.ts';
import { root } from '../support/source-map.ts';

const example = codeBlocksOf(readFileSync(`${root}/README.md`, 'utf8')).find((block) =>
  block.includes('"three-deposits"'),
);

test('README’s example of a campaign is taken as it stands', () => {
  const definitions = JSON.parse(example ?? '') as object;
  const label = { name: 'Casino', keys: { public: ['casino'] }, brands: ['main'], origins: ['self'], ...definitions };
  expect(parseConfig({ labels: [label] })).toMatchObject({ ok: true, warnings: [] });
  expect(Object.keys(definitions)).toEqual(['segments', 'templates', 'campaigns', 'missions', 'levels', 'messages']);
});
