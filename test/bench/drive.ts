/**
 * Sets the load client to work, in a process of its own, and hears when the measured time begins and ends.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Job, Outcome, Told } from './load-client.ts';

export const drive = (job: Job, onPhase: (at: 'measuring' | 'measured') => void): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const client = fork(fileURLToPath(new URL('./load-client.mjs', import.meta.url)));
    client.once('error', reject);
    client.once('exit', (code) => reject(new Error(`the load client ended with ${code} before its outcome`)));
    client.on('message', (told: Told) => {
      if (told.at !== 'done') return onPhase(told.at);
      resolve(told.outcome);
      client.disconnect();
    });
    client.send(job);
  });
