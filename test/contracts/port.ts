/**
 * What every port promises. A driver calls this with a way to make two that are each other's other end; what it cannot keep
 * it names, with the reason.
 */
import { expect, onTestFinished, test } from 'vitest';
import type { Port } from '../../src/bridge/port.ts';

export interface Ends {
  one: Port;
  other: Port;
  /** Puts a value on the way to `other` past the port, as a hostile page does. */
  post?(value: unknown): void;
}

export interface PortContract {
  make(): Ends;
  /** Resolves when what was said by now has been heard. */
  delivered(): Promise<unknown>;
  /** Names of promises that the driver does not make. */
  skip?: { reason: string; tests: string[] }[];
}

export const TEXT_ONLY = 'what is no text is never heard, and the text behind it is';

const hostile = [
  { type: 'call', id: 1, method: 'event', args: ['x'] },
  { toString: 'a text?' },
  ['text'],
  new ArrayBuffer(50 * 1024 * 1024),
  new Uint8Array([123, 125]),
  Object('a text in an object'),
  new Map([['type', 'bye']]),
  new Error('text'),
  0,
  1n,
  true,
  null,
  undefined,
];

export const portContract = ({ make, delivered, skip = [] }: PortContract): void => {
  const promise = (sentence: string, proof: (ends: Ends & { heard: string[] }) => Promise<void>): void => {
    const skipped = skip.find(({ tests }) => tests.includes(sentence));
    test.skipIf(skipped)(skipped ? `${sentence} (skipped: ${skipped.reason})` : sentence, async () => {
      const ends = make();
      onTestFinished(() => {
        ends.one.close();
        ends.other.close();
      });
      return proof({ ...ends, heard: [] });
    });
  };

  promise('texts arrive in order, to the letter', async ({ one, other, heard }) => {
    const texts = ['{"a":1}', '', 'é漢😀', 'half of a pair: \ud800', 'no\0end', 'x'.repeat(300_000), '[]'];
    other.listen((text) => void heard.push(text));
    for (const text of texts) one.send(text);
    await delivered();
    expect(heard).toEqual(texts);
  });

  promise('a thousand texts of one task are a thousand, in order', async ({ one, other, heard }) => {
    const texts = Array.from({ length: 1_000 }, (_, index) => `${index}`);
    other.listen((text) => void heard.push(text));
    for (const text of texts) one.send(text);
    await delivered();
    expect(heard).toEqual(texts);
  });

  promise('what came before anybody listened is heard first', async ({ one, other, heard }) => {
    one.send('1');
    one.send('2');
    await delivered();
    other.listen((text) => void heard.push(text));
    one.send('3');
    await delivered();
    expect(heard).toEqual(['1', '2', '3']);
  });

  promise('nothing is heard in the task that says it', async ({ one, other, heard }) => {
    other.listen((text) => void heard.push(text));
    one.send('1');
    expect(heard).toEqual([]);
    await delivered();
    expect(heard).toEqual(['1']);
  });

  promise('both speak, and neither hears itself', async ({ one, other, heard }) => {
    one.listen((text) => void heard.push(`one heard ${text}`));
    other.listen((text) => void heard.push(`other heard ${text}`));
    one.send('1');
    other.send('2');
    await delivered();
    expect(heard.sort()).toEqual(['one heard 2', 'other heard 1']);
  });

  promise('an answer that is given while listening is heard', async ({ one, other, heard }) => {
    one.listen((text) => void heard.push(text));
    other.listen((text) => other.send(`${text}!`));
    one.send('1');
    one.send('2');
    await delivered();
    expect(heard).toEqual(['1!', '2!']);
  });

  promise('a listener takes the place of the one before', async ({ one, other, heard }) => {
    other.listen(() => void heard.push('the one before'));
    other.listen((text) => void heard.push(text));
    one.send('1');
    await delivered();
    expect(heard).toEqual(['1']);
  });

  promise('who closed hears nothing more, not even what was on its way', async ({ one, other, heard }) => {
    other.listen((text) => void heard.push(text));
    one.send('1');
    other.close();
    one.send('2');
    await delivered();
    expect(heard).toEqual([]);
  });

  promise('a listener that closes in the middle hears nothing more', async ({ one, other, heard }) => {
    other.listen((text) => {
      heard.push(text);
      other.close();
    });
    for (const text of ['1', '2', '3']) one.send(text);
    await delivered();
    expect(heard).toEqual(['1']);
  });

  promise('what was said before closing is still heard', async ({ one, other, heard }) => {
    other.listen((text) => void heard.push(text));
    one.send('bye');
    one.close();
    await delivered();
    expect(heard).toEqual(['bye']);
  });

  promise('closing twice, and speaking when either end is closed, is no error', async ({ one, other, heard }) => {
    one.listen((text) => void heard.push(text));
    other.close();
    other.close();
    other.send('1');
    one.send('2');
    one.close();
    one.send('3');
    await delivered();
    expect(heard).toEqual([]);
  });

  promise(TEXT_ONLY, async ({ one, other, heard, post }) => {
    if (!post) throw new Error('a driver over something that takes any value says how to put one there');
    other.listen((text) => void heard.push(text === 'text' ? text : 'something else'));
    for (const value of hostile) {
      post(value);
      one.send('text');
    }
    await delivered();
    expect(heard).toEqual(hostile.map(() => 'text'));
  });
};
