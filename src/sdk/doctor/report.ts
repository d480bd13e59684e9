/**
 * The diagnosis as a developer reads it in the console: the verdict, what else was found, the facts to copy.
 */
import type { Diagnosis } from './diagnosis.ts';

export const report = (console: Console, { verdict, says, todo, also, facts }: Diagnosis): void => {
  console.group(`[smartico] doctor: ${verdict}`);
  console.log(`${says}\n-> ${todo}`);
  for (const one of also) console.log(`also ${one.verdict}: ${one.says}\n-> ${one.todo}`);
  console.groupCollapsed('facts for a support ticket: no tokens, no payloads');
  console.log(JSON.stringify(facts, null, 2));
  console.groupEnd();
  console.groupEnd();
};
