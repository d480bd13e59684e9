/** What a page is told when none of its events is taken: enough for its developer to put it right. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batch } from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({ label: { origins: ['https://op.example'] } });
});
afterAll(() => collector?.stop());

const say = async (label_key: string, origin = 'https://op.example') => {
  const body = JSON.stringify(batch([], { label_key }));
  const answer = await fetch(`${collector.url}/v1/events`, { method: 'POST', headers: { origin }, body });
  return { answer, message: ((await answer.json()) as { message: string }).message };
};

test.each([
  ['demo-secret', 'take it out of the page'],
  ['demo-admin', 'take it out of the page'],
  ['spacex', 'init(label_key, { brand_key })'],
  [' Demo-Label', 'differs only in case or blanks'],
  ['nobody', 'keys.public'],
])('the label key %j is refused with what is wrong about it', async (key, told) => {
  const { answer, message } = await say(key);
  expect(answer.status).toBe(401);
  expect(message).toContain(told);
  expect(message).not.toContain('demo-');
});

test('a page of another origin is told which one its label lacks', async () => {
  const { message } = await say('demo-label', 'https://www.op.example');
  expect(message).toContain('add "https://www.op.example" to its "origins"');
});

test('a page may read the collector’s time, taken or refused: its own clock may be wrong', async () => {
  for (const key of ['demo-label', 'nobody']) {
    const { headers } = (await say(key)).answer;
    expect(headers.get('access-control-expose-headers')).toContain('date');
    expect(Math.abs(Date.parse(`${headers.get('date')}`) - Date.now())).toBeLessThan(60_000);
  }
});
