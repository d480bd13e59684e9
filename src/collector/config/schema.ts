/**
 * The JSON Schema of the whole config, for editors to complete and explain. What it cannot say (names that do not exist,
 * templates that are none) the parser says; what it says, the parser says too.
 */
import { Type } from '@sinclair/typebox';
import { label } from './schema-label.ts';
import { closed, optional, orNothing, text, texts } from './schema-parts.ts';
import { filter, operators, rule } from './schema-rules.ts';
import { step, steps } from './schema-steps.ts';

export const configSchema = closed(
  {
    $schema: optional(text('Where this schema is: /config.schema.json of a collector')),
    publicUrl: optional(
      orNothing(text('An origin such as https://events.op.example'), 'The collector as browsers see it'),
    ),
    trustedProxies: optional(
      texts('Addresses and ranges whose X-Forwarded-For counts', { examples: [['10.0.0.0/8']] }),
    ),
    labels: Type.Array(label, { minItems: 1, description: 'Each an operator’s site with keys of its own' }),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'The config of an openaction collector',
    definitions: { rule, filter, operators, steps, step },
  },
);
