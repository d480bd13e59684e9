/** What is made of the answers to a message, those of servers that are newer than the ones of these tests too. */
import { JetStreamApiError, type PubAck } from '@nats-io/jetstream';
import { expect, test } from 'vitest';
import { createPublish, type PublishNeeds } from '../../../src/collector/cluster/publishing.ts';

type Answer = Partial<PubAck> | Error;
const refusal = (err_code: number, description: string): Error =>
  new JetStreamApiError({ code: 409, err_code, description });

/** Servers that answer so, one after the other, and the last for ever. */
const answering = (
  answers: Answer[],
  of = (_subject: string, _id: string | undefined): Answer | undefined => undefined,
): PublishNeeds =>
  ({
    jetstream: {
      async publish(subject: string, _: Uint8Array, { msgID }: { msgID?: string }) {
        const answer = of(subject, msgID) ?? (answers.length > 1 ? answers.shift() : answers[0]);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    on: () => () => {},
    away: () => undefined,
    isConnected: () => true,
  }) as unknown as PublishNeeds;
const message = { subject: 'a', data: new Uint8Array() };

test('an id that servers know before a quorum has its message is no acknowledgement', async () => {
  const publish = createPublish(
    answering([
      { seq: 0, duplicate: true },
      { seq: 0, duplicate: true },
      { seq: 7, duplicate: true },
    ]),
  );
  expect(await publish(message)).toEqual({ is: 'stored', seq: 7 });
  const never = createPublish(answering([{ seq: 0, duplicate: true }]), 300);
  await expect(never(message)).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
});

test.each([
  [10_158, 'duplicate message id is in process'],
  [10_164, 'wrong last sequence'],
])('a message of which servers say that it is under way is said again (%i)', async (code, why) => {
  const publish = createPublish(answering([refusal(code, why), { seq: 3, duplicate: false }]));
  expect(await publish({ ...message, expected: 0 })).toEqual({ is: 'stored', seq: 3 });
});

test('what a leader that died had under way over the same message keeps nobody from writing', async () => {
  const dead = refusal(10_158, 'duplicate message id is in process');
  const over = 'a@5';
  const publish = createPublish(answering([{ seq: 6, duplicate: false }], (_, id) => (id === over ? dead : undefined)));
  expect(await publish({ ...message, expected: 5 })).toEqual({ is: 'stored', seq: 6 });
});

test('a stream that nobody leads is given up, whatever others store meanwhile', async () => {
  const publish = createPublish(
    answering([{ seq: 1, duplicate: false }], (subject) =>
      subject === 'led' ? undefined : new Error('no responders'),
    ),
    300,
  );
  const others = setInterval(() => void publish({ ...message, subject: 'led' }), 20);
  await expect(publish(message)).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  clearInterval(others);
});
