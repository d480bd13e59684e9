/**
 * How a run that is no suite is run: bundled, in a process group of its own, so that what it started ends with it, however
 * it ends.
 */
import { spawn } from 'node:child_process';
import { build } from 'esbuild';

/** Resolves with the exit code, and whether it left a process behind. */
export const runInGroup = (...args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', detached: true });
    /** Whether anybody is there to be told. */
    const tellAll = (signal) => {
      try {
        return process.kill(-child.pid, signal);
      } catch (cause) {
        if (cause.code !== 'ESRCH') throw cause;
        return false;
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, tellAll);
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code: code ?? 1, left: tellAll('SIGTERM') }));
  });

/** The bundle's file: as deep as the sources, so that what these look for beside themselves (`dist`, above all) is where they look. */
export const bundled = async (name, entryPoints) => {
  const outdir = `.cache/${name}`;
  await build({
    bundle: true,
    outdir,
    logLevel: 'error',
    sourcemap: 'inline',
    entryPoints,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    outExtension: { '.js': '.mjs' },
  });
  return `${outdir}/main.mjs`;
};
