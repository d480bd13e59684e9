/**
 * Whether what stands in `dist` was built from what stands in `src`. Builds nothing itself.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const newestUnder = async (path) => {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = await Promise.all((await readdir(path)).map((name) => newestUnder(join(path, name))));
  return Math.max(0, ...inside);
};

/** The build writes `integrity.json` after every bundle, so its age is the age of the whole. */
export const buildIsStale = async () => {
  const built = await stat('dist/integrity.json').catch((cause) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (!built) return true;
  const sources = await Promise.all(['src', 'build.mjs', 'package.json'].map(newestUnder));
  return Math.max(...sources) > built.mtimeMs;
};
