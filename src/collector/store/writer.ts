/**
 * Who writes the SQLite file: this thread, or one worker. Owns the choice and the move from one to the other;
 * there is one writer at any time, and an append waits while the file changes hands.
 */
import { Worker } from 'node:worker_threads';
import type { CopyStep, StepResult } from './copy-step.ts';
import type { Outcome, Registered, RegistryKind, Submission } from './event-log.ts';
import type { Removed, Whose } from './event-removal.ts';
import { openSqliteWriter } from './sqlite-writer.ts';

export interface Writer {
  commit(group: Submission[]): Promise<Outcome[][]>;
  register(label: string, kind: RegistryKind, name: string, fields?: Registered['fields']): Promise<boolean>;
  unregister(label: string, kind: RegistryKind, name: string): Promise<boolean>;
  erase(label: string, whose: Whose, limit: number): Promise<Removed>;
  purge(label: string, before: number, limit: number): Promise<Removed>;
  apply(steps: CopyStep[]): Promise<StepResult[]>;
  check(): Promise<void>;
  close(): Promise<void>;
}

export const writerHere = (file: string): Writer => {
  const writer = openSqliteWriter(file);
  return {
    commit: async (group) => writer.commit(group),
    register: async (label, kind, name, fields) => writer.register(label, kind, name, fields),
    unregister: async (label, kind, name) => writer.unregister(label, kind, name),
    erase: async (label, whose, limit) => writer.erase(label, whose, limit),
    purge: async (label, before, limit) => writer.purge(label, before, limit),
    apply: async (steps) => writer.apply(steps),
    check: async () => writer.check(),
    close: async () => writer.close(),
  };
};

/** What is asked of the worker; each question is answered by its `id`. */
export type Question = { id: number } & (
  | { ask: 'commit'; group: Submission[] }
  | { ask: 'register'; label: string; kind: RegistryKind; name: string; fields: Registered['fields'] | undefined }
  | { ask: 'unregister'; label: string; kind: RegistryKind; name: string }
  | { ask: 'erase'; label: string; whose: Whose; limit: number }
  | { ask: 'purge'; label: string; before: number; limit: number }
  | { ask: 'apply'; steps: CopyStep[] }
  | { ask: 'check' }
  | { ask: 'close' }
);
export type Answer = { id: number } & ({ ok: true; value: unknown } | { ok: false; message: string; code?: string });

type Ask = Question extends infer Each ? (Each extends Question ? Omit<Each, 'id'> : never) : never;

/** Rejects if the worker does not start. @param lost called if it ends later without being asked to */
export const writerInWorker = async (
  file: string,
  program: URL,
  lost: (cause: Error) => void = () => {},
): Promise<Writer> => {
  const worker = new Worker(program, { workerData: { file } });
  const asked = new Map<number, { done: (value: unknown) => void; failed: (cause: Error) => void }>();
  let lastId = 0;
  let end: Error | undefined;
  let at: 'starting' | 'writing' | 'closing' = 'starting';

  worker.on('message', (answer: Answer) => {
    const question = asked.get(answer.id);
    asked.delete(answer.id);
    if (answer.ok) question?.done(answer.value);
    else question?.failed(Object.assign(new Error(answer.message), { code: answer.code }));
  });
  const ended = (cause: Error): void => {
    if (end) return;
    end = cause;
    if (at === 'writing') lost(cause);
    for (const { failed } of asked.values()) failed(cause);
    asked.clear();
  };
  worker.on('error', ended);
  worker.on('exit', (code) => ended(new Error(`the store's worker ended with code ${code}`)));

  const ask = (question: Ask): Promise<unknown> =>
    end
      ? Promise.reject(end)
      : new Promise((done, failed) => {
          asked.set(++lastId, { done, failed });
          worker.postMessage({ ...question, id: lastId } satisfies Question);
        });

  // The worker answers question 0 by itself, once it holds the file.
  await new Promise<void>((resolve, reject) => {
    asked.set(0, { done: () => resolve(), failed: reject });
  });
  at = 'writing';
  return {
    commit: (group) => ask({ ask: 'commit', group }) as Promise<Outcome[][]>,
    register: (label, kind, name, fields) => ask({ ask: 'register', label, kind, name, fields }) as Promise<boolean>,
    unregister: (label, kind, name) => ask({ ask: 'unregister', label, kind, name }) as Promise<boolean>,
    erase: (label, whose, limit) => ask({ ask: 'erase', label, whose, limit }) as Promise<Removed>,
    purge: (label, before, limit) => ask({ ask: 'purge', label, before, limit }) as Promise<Removed>,
    apply: (steps) => ask({ ask: 'apply', steps }) as Promise<StepResult[]>,
    check: () => ask({ ask: 'check' }) as Promise<void>,
    async close() {
      at = 'closing';
      await ask({ ask: 'close' });
      await worker.terminate();
    },
  };
};

export interface MovingWriter extends Writer {
  /** Gives the file to a worker; resolves when it has it. A worker that does not start leaves the file here. */
  move(): Promise<void>;
}

/** @param lost called if the worker ends by itself; the writer is then back on this thread */
export const movingWriter = (file: string, program: URL, lost: (cause: Error) => void = () => {}): MovingWriter => {
  let writer: Promise<Writer> = Promise.resolve(writerHere(file));
  let moved: Promise<void> | undefined;
  const hold = (next: Promise<Writer>): Promise<Writer> => {
    writer = next;
    next.catch(() => {}); // told to whoever asks next
    return next;
  };
  const takeBack = (): Promise<Writer> => hold(Promise.resolve().then(() => writerHere(file)));
  /** A file that could not be opened again (a full disk, a program that holds it) is tried with every question. */
  const current = (): Promise<Writer> => {
    const present = writer;
    return present.catch(() => (writer === present ? takeBack() : writer));
  };
  const move = async (): Promise<void> => {
    // Chained in this very step: a commit that asked before runs before the close, one that asks later waits.
    const away = writer.then(async (here) => {
      await here.close();
      return writerInWorker(file, program, (cause) => {
        // What it had in hand is answered with a failure and comes again; the file is sound, whatever ended the worker.
        void takeBack();
        lost(cause);
      });
    });
    void hold(away.catch(takeBack));
    await away;
  };
  return {
    commit: async (group) => (await current()).commit(group),
    register: async (label, kind, name, fields) => (await current()).register(label, kind, name, fields),
    unregister: async (label, kind, name) => (await current()).unregister(label, kind, name),
    erase: async (label, whose, limit) => (await current()).erase(label, whose, limit),
    purge: async (label, before, limit) => (await current()).purge(label, before, limit),
    apply: async (steps) => (await current()).apply(steps),
    check: async () => (await current()).check(),
    close: async () => (await current()).close(),
    move() {
      moved ??= move();
      return moved;
    },
  };
};
