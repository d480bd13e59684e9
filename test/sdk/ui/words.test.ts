import { expect, test } from 'vitest';
import { speechIn } from '../../../src/sdk/ui/words.ts';

test.each(['en', 'es', 'pt', 'de', 'fr', 'uk', 'ar'])(
  '%s has every word, each of its own, and a place for the count',
  (language) => {
    const { words, language: spoken } = speechIn(language);
    const said = Object.values(words);
    expect(spoken).toBe(language);
    expect(said.filter((word) => !word?.trim())).toEqual([]);
    expect(new Set(said).size).toBe(said.length);
    expect(said.filter((word) => word.includes('#'))).toEqual([words.count]);
    // As many as English has: one word too many would move all that follow it.
    expect(words.profile).toMatch(/^(Prof|Perf|Проф|الملف)/);
  },
);

test.each(['it', '', 'EN', 'constructor'])('%s hears English', (language) => {
  expect(speechIn(language)).toEqual(speechIn('en'));
});

test('Arabic runs from the right', () => {
  expect([speechIn('ar').dir, speechIn('uk').dir]).toEqual(['rtl', 'ltr']);
});
