/**
 * The requests that README shows can be pasted: each is answered with success by the collector as it starts.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { codeBlocksOf } from '../support/markdown.ts';
import { root } from '../support/source-map.ts';

interface Example {
  path: string;
  headers: [string, string][];
  body: string;
}

/** `curl URL -H 'name: value' -d 'body'`, as README writes it. */
const exampleIn = (block: string): Example => {
  const [, path = ''] = /^curl http:\/\/localhost:8080(\S+)/.exec(block) ?? [];
  const headers = Array.from(
    block.matchAll(/-H '([\w-]+): ([^']+)'/g),
    ([, name = '', value = '']): [string, string] => [name, value],
  );
  return { path, headers, body: /-d '([^']+)'/.exec(block)?.[1] ?? '' };
};
const examples = codeBlocksOf(readFileSync(`${root}/README.md`, 'utf8'))
  .filter((block) => block.startsWith('curl '))
  .map(exampleIn);

let collector: RunningCollector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(() => collector.stop());

test.each(examples)('$path', async ({ path, headers, body }) => {
  const response = await fetch(collector.url + path, { method: 'POST', headers, body });
  const answer = (await response.json()) as { errCode?: number; rejected?: unknown[] };
  expect([response.ok, answer.errCode ?? 0, answer.rejected ?? []]).toEqual([true, 0, []]);
});

test('there are examples of events, of the protocol and of what is sent to a customer', () => {
  expect(examples.map(({ path }) => path.replace(/\/customers\/\w+/, '/customers/:id')).sort()).toEqual([
    '/api/external/events/v2',
    '/s2s-api',
    '/v1/customers/:id/engagements',
  ]);
});
