/** The worker that writes: the same SQLite writer, asked by messages. Answers in the order of the questions. */
import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteWriter } from './sqlite-writer.ts';
import type { Answer, Question } from './writer.ts';

const port = parentPort;
if (!port) throw new Error('store-worker is started by the collector, as a worker');
const writer = openSqliteWriter((workerData as { file: string }).file);

const answer = (question: Question): unknown => {
  if (question.ask === 'commit') return writer.commit(question.group);
  if (question.ask === 'register')
    return writer.register(question.label, question.kind, question.name, question.fields);
  if (question.ask === 'unregister') return writer.unregister(question.label, question.kind, question.name);
  if (question.ask === 'erase') return writer.erase(question.label, question.whose, question.limit);
  if (question.ask === 'purge') return writer.purge(question.label, question.before, question.limit);
  if (question.ask === 'apply') return writer.apply(question.steps);
  if (question.ask === 'check') return writer.check();
  return writer.close();
};

port.on('message', (question: Question) => {
  const { id } = question;
  try {
    port.postMessage({ id, ok: true, value: answer(question) } satisfies Answer);
  } catch (cause) {
    const { message, code } = cause as Error & { code?: string };
    port.postMessage({ id, ok: false, message, ...(code === undefined ? {} : { code }) } satisfies Answer);
  }
});
port.postMessage({ id: 0, ok: true, value: undefined } satisfies Answer);
