/** Suites as `npm test -- NAME` runs them, from a run of its own, whose last line says how many passed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** @param asked what `test/run.mjs` is asked for: parts of paths, options of the test runner */
export const runSuites = async (
  asked: string[],
  env: Record<string, string>,
): Promise<{ passed: number; failed: number }> => {
  const child = spawn(process.execPath, ['test/run.mjs', ...asked], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    said += text;
  });
  await once(child, 'close');
  const [, passed, failed] = /(\d+) passed, (\d+) failed[^\n]*\n*$/.exec(said) ?? [];
  return { passed: Number(passed ?? 0), failed: Number(failed ?? 1) };
};
