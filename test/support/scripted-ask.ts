/** A collector in the place of `ask`: it keeps what it was asked, and answers each question when and how the test says. */
import type { Ask } from '../../src/sdk/live/live.ts';
import { smarticoError } from '../../src/sdk/notice.ts';
import type { Answer } from '../../src/wire/protocol.ts';
import { until } from './until.ts';

export interface Asked {
  cid: number;
  fields: { [name: string]: unknown };
  answer(fields?: object): void;
  /** As the channel rejects: with the published number, if the collector gave one. */
  refuse(errCode?: number): void;
}

export const scriptedAsk = () => {
  const asked: Asked[] = [];
  const answers = new Map<number, (fields: { [name: string]: unknown }) => object>();
  const ask: Ask = (cid, fields = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const question: Asked = {
        cid,
        fields: JSON.parse(JSON.stringify(fields)),
        answer: (answer = {}) => resolve({ cid: cid + 1, errCode: 0, ...answer }),
        refuse: (errCode) =>
          reject(Object.assign(smarticoError('channel_timeout', `${cid}`), errCode !== undefined && { errCode })),
      };
      asked.push(question);
      const answer = answers.get(cid);
      if (answer) question.answer(answer(question.fields));
    });
  return {
    ask,
    asked,
    /** Every question of this class is answered at once. */
    always: (cid: number, answer: (fields: { [name: string]: unknown }) => object) => void answers.set(cid, answer),
    /** Questions of this class are left to the test again. */
    hold: (cid: number) => void answers.delete(cid),
    /** The nth question, as soon as it is asked. */
    async question(place: number): Promise<Asked> {
      await until(() => asked.length > place);
      return asked[place]!;
    },
  };
};
