/**
 * Where tables stand in README: between the markers of the run that makes them, each part under one of its own.
 */
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Replaces the parts that were measured and leaves the others as they stand.
 * @param run whose markers: `bench` for `<!-- bench:start -->`
 * @param order of all its parts
 */
export const intoReadme = (run: string, order: string[], measured: Map<string, string>): void => {
  const readme = readFileSync('README.md', 'utf8');
  const marker = (name: string) => `<!-- ${run}:${name} -->`;
  const start = readme.indexOf(marker('start'));
  const end = readme.indexOf(marker('end'));
  if (start < 0 || end < start) throw new Error(`README.md has no ${marker('start')} ... ${marker('end')}`);
  const before = readme.slice(start + marker('start').length, end);
  const standing = (part: string) =>
    before
      .split(new RegExp(`(?=<!-- ${run}:\\w+ -->)`))
      .find((text) => text.startsWith(marker(part)))
      ?.trim();
  const parts = order.flatMap((part) => {
    const text = measured.get(part);
    return (text === undefined ? standing(part) : `${marker(part)}\n\n${text}`) ?? [];
  });
  writeFileSync(
    'README.md',
    `${readme.slice(0, start)}${marker('start')}\n\n${parts.join('\n\n')}\n\n${readme.slice(end)}`,
  );
};
