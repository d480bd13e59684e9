/**
 * A label, as JSON Schema: its keys, its pages, whom it believes and how much it may send.
 */
import { Type } from '@sinclair/typebox';
import { definitions } from './schema-definitions.ts';
import { choice, closed, flag, named, optional, orNothing, text, texts } from './schema-parts.ts';

const rate = (description: string) =>
  optional(
    closed(
      {
        perSecond: optional(Type.Number({ exclusiveMinimum: 0 })),
        burst: optional(Type.Number({ minimum: 1 })),
      },
      { description },
    ),
  );

export const label = closed({
  name: text('Its identity in the log: keys rotate, this stays'),
  keys: closed(
    {
      public: texts('Of pages', { minItems: 1 }),
      secret: optional(texts('Of the operator’s servers')),
      admin: optional(texts('Of the operator: reads and sends everything')),
    },
    { description: 'Several of a kind let an operator rotate them' },
  ),
  brands: texts('The first one is that of an event without a brand', { minItems: 1 }),
  origins: texts('Of its pages, exactly; "self" is the collector’s own', {
    examples: [['self', 'https://op.example']],
  }),
  hashes: optional(
    closed(
      {
        salts: optional(texts('Of 22 characters at least; two while one is changed')),
        required: optional(flag('Events of a user without a good hash are refused', false)),
        maxValidityDays: optional(orNothing(Type.Number({ exclusiveMinimum: 0 }), 'Longer ones prove nothing')),
        graceDays: optional(
          Type.Number({ minimum: 0, default: 7, description: 'How old an event may be when its hash is judged' }),
        ),
        form: optional(choice('v2 has exact ids', ['any', 'v2'], 'any')),
      },
      { description: 'How a page proves who its user is' },
    ),
  ),
  deepLinkActions: optional(
    Type.Union(
      [Type.Unsafe<string>({ enum: ['all', 'signed'] }), closed({ listed: texts('Actions that links may set off') })],
      { description: 'Which links may set off an action', default: 'all' },
    ),
  ),
  linkKeys: optional(texts('That sign links')),
  strictFieldCodes: optional(flag('Events with field codes that nothing can name are refused', false)),
  retentionDays: optional(
    orNothing(Type.Number({ exclusiveMinimum: 0 }), 'What is older goes, and is not taken any more'),
  ),
  gamificationShare: optional(
    Type.Number({
      minimum: 0,
      maximum: 100,
      default: 100,
      description: 'Percent of new customers; the others are the control group',
    }),
  ),
  ...definitions,
  deepLinks: optional(named(text('An https URL or a path'), 'Links by name: dp:deposit', 10_000)),
  linkHosts: optional(texts('Hosts to which links may lead', { examples: [['op.example']] })),
  assetHosts: optional(texts('Origins from which pictures may load', { examples: [['https://cdn.op.example']] })),
  suspendOn: optional(texts('Paths on which popups and inbox wait', { examples: [['/deposit*']] })),
  honorGpc: optional(flag('Global Privacy Control counts as a refusal of consent', false)),
  push: optional(
    closed({
      subject: text('Whom a push service may write to: a mailto: or https: address', {
        pattern: '^(mailto:|https://)',
      }),
    }),
  ),
  rates: optional(
    closed({ label: rate('Of all events'), address: rate('Of one address') }, { description: 'Events a second' }),
  ),
});
