/** How far a copy is, as people are told it. */
import { describe, expect, test } from 'vitest';
import { progressBar, progressText } from '../../../src/collector/moving/progress-line.ts';
import { progressTeller } from '../../../src/collector/moving/progress-teller.ts';

test.each([
  [0, 12_000, 0, 0, '0 of 12,000 events, 0 %'],
  [3_000, 12_000, 3_000, 1_500, '3,000 of 12,000 events, 25 %, 2,000/s, 5 s left'],
  [9_000, 12_000, 1, 1_000, '9,000 of 12,000 events, 75 %, 1/s, 50 min 0 s left'],
  [9_000, 99_000, 1, 1_000, '9,000 of 99,000 events, 9 %, 1/s, 25 h 0 min left'],
  [12_000, 12_000, 9_000, 3_000, '12,000 of 12,000 events, 100 %'],
  [0, 0, 0, 0, '0 of 0 events, 100 %'],
])('%i of %i, %i of them in %i ms', (done, all, sinceDone, ms, text) => {
  expect(progressText({ what: 'events', done, all, since: { done: sinceDone, ms } })).toBe(text);
});

test('a bar is as wide as the terminal at the most', () => {
  const reached = { what: 'events', done: 1, all: 2, since: { done: 1, ms: 1_000 } };
  expect(progressBar(reached, 80)).toBe('[############............] 1 of 2 events, 50 %, 1/s, 1 s left');
  expect(progressBar(reached, 12)).toBe('[##########');
  expect(progressBar(reached, 0)).toBe('');
});

describe('told', () => {
  const tell = (isTerminal: boolean) => {
    let said = '';
    let now = 0;
    const write = (text: string): void => {
      said += text;
    };
    const progress = progressTeller({ write, isTerminal, columns: () => 200, now: () => now });
    for (let done = 0; done <= 1_000; done += 10) {
      now += 50;
      progress('events', done, 1_000);
    }
    progress('events', 1_000, 1_000);
    progress('customers', 0, 0);
    return said;
  };

  test('in lines, a tenth each and each once', () => {
    const lines = tell(false).split('\n');
    expect(lines.length).toBe(11 + 1 + 1);
    expect(lines[5]).toBe('500 of 1,000 events, 50 %, 200/s, 3 s left');
    expect(lines[11]).toBe('0 of 0 customers, 100 %');
  });

  test('on a terminal in one line, which is drawn ten times a second and ends', () => {
    const said = tell(true);
    expect(said.split('\n').length).toBe(2 + 1);
    expect(said.split('\r').length).toBe(1 + 50 + 1 + 1);
  });

  test('on a terminal that tells no width all the same', () => {
    const said: string[] = [];
    const progress = progressTeller({
      write: (text) => said.push(text),
      isTerminal: true,
      columns: () => 0,
      now: () => 0,
    });
    progress('events', 500, 500);
    expect(said.join('')).toContain('500 of 500 events');
  });

  test('what an earlier try copied says nothing of how fast this one is', () => {
    const said: string[] = [];
    let now = 0;
    const progress = progressTeller({
      write: (text) => said.push(text),
      isTerminal: false,
      columns: () => 0,
      now: () => now,
    });
    progress('events', 50_000, 100_000);
    now = 1_000;
    progress('events', 60_000, 100_000);
    expect(said).toEqual(['50,000 of 100,000 events, 50 %\n', '60,000 of 100,000 events, 60 %, 10,000/s, 4 s left\n']);
  });
});
