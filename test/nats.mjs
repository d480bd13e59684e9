/**
 * Where this machine keeps a nats-server, and how it comes by one where there is none. Owns nothing of the tests themselves:
 * they read the path from `NATS_SERVER`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folders = [...(process.env.PATH ?? '').split(':').filter(Boolean), '/usr/sbin', '/usr/local/sbin'];

/** The server that stands here already, or undefined: `NATS_SERVER`, the system's. */
export const findNats = () =>
  [process.env.NATS_SERVER, ...folders.map((folder) => join(folder, 'nats-server'))].find(
    (path) => path && existsSync(path),
  );

const run = (command, ...args) =>
  execFileSync(command, args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });

/** As root Debian's package. The service in it is nobody's concern here: tests start servers of their own, on free ports. */
const fromDebian = () => {
  run('apt-get', 'update');
  run('apt-get', 'install', '-y', '--no-install-recommends', 'nats-server');
};

export const ensureNats = () => {
  const found = findNats();
  if (found) return found;
  const wanted = 'no nats-server here; install it (Debian: apt-get install nats-server) or set NATS_SERVER to its path';
  if (process.getuid?.() !== 0) throw new Error(`${wanted}. Only root can install it from here`);
  try {
    fromDebian();
  } catch (cause) {
    throw new Error(wanted, { cause });
  }
  const installed = findNats();
  if (!installed) throw new Error(wanted);
  return installed;
};
