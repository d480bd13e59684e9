/** The words of what was sent, as its operator reads them. */
import { expect, test } from 'vitest';
import { unsubscribePlace } from '../../src/collector/engine/unsubscribe-place.ts';
import { openWords, templateContext } from '../../src/collector/engine/words.ts';
import { wordsOf } from '../../src/collector/operator/message-words.ts';
import { engineDesk, START } from '../support/engine-desk.ts';

test('where an e-mail has the customer’s own link to unsubscribe, the words say so', async () => {
  const email = openWords({ ...templateContext(engineDesk({}).state, {}, START), unsubscribe_url: unsubscribePlace });
  const kept = JSON.stringify({
    subject: 'Hi',
    html: email.text('<p><a href="{{ unsubscribe_url }}">No more</a></p>', 'html'),
    text: email.text('No more: {{ unsubscribe_url }}'),
  });
  expect(await wordsOf({ content: async () => kept }, 'casino', 'uid-1')).toEqual({
    subject: 'Hi',
    html: '<p><a href="(here each customer has a link of their own to unsubscribe)">No more</a></p>',
    text: 'No more: (here each customer has a link of their own to unsubscribe)',
  });
});
