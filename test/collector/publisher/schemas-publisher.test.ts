/** What is described of the publisher API is what the wire says: the compiler holds them together. */
import type { Static, TSchema } from '@sinclair/typebox';
import { expectTypeOf, test } from 'vitest';
import type * as schemas from '../../../src/collector/schemas/publisher.ts';
import type { ClientEventAnswer, PublisherError } from '../../../src/wire/client-event.ts';

type Described<Name extends 'clientEventAnswer' | 'publisherError'> = Static<(typeof schemas)[Name] & TSchema>;

test('answers and errors are described as they are', () => {
  expectTypeOf<Required<Described<'clientEventAnswer'>>>().toEqualTypeOf<Required<ClientEventAnswer>>();
  expectTypeOf<Required<Described<'publisherError'>>>().toEqualTypeOf<Required<PublisherError>>();
});
