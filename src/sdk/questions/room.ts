/**
 * The questions room put together. Wiring only.
 */
import { createApi } from './api.ts';
import { createPush } from './push.ts';
import type { Questions, QuestionsNeeds } from './questions.ts';

export const createQuestions = (needs: QuestionsNeeds): Questions => {
  const questions = createApi(needs);
  const push = createPush({ ...needs, key: `${needs.prefix}push` });
  return {
    ...questions,
    requestPush: push.request,
    attachPush: push.attach,
    detachPush: push.detach,
    registerNativePush: push.registerNative,
  };
};
