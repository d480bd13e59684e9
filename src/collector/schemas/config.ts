/**
 * What the API says of the config.
 */
import { Type } from '@sinclair/typebox';
import { orNull, time } from './parts.ts';

const mistakes = Type.Array(Type.Object({ path: Type.String(), reason: Type.String() }));

export const configState = Type.Object({
  since: Type.Integer({ ...time, description: 'When what is in force was read' }),
  refused: orNull(
    Type.Object({
      at: time,
      mistakes,
      others: Type.Integer({ description: 'Mistakes in other labels' }),
    }),
  ),
  after_restart: Type.Array(Type.String(), { description: 'Names that count after a restart only' }),
  warnings: mistakes,
  label: Type.Unsafe<object>({ type: 'object', description: 'As the config says it, without keys' }),
});
