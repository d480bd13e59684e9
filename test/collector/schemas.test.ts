/** The schemas that describe the API are the wire's types: the compiler holds them together. */
import type { Static } from '@sinclair/typebox';
import { expectTypeOf, test } from 'vitest';
import type { CustomerState, Engagement, InboxEntry } from '../../src/collector/engine/customer-state.ts';
import type { Delivery } from '../../src/collector/engine/reaction.ts';
import type { customerView } from '../../src/collector/operator/customer-view.ts';
import type { DryRun } from '../../src/collector/operator/dry-run.ts';
import type { Receipt } from '../../src/collector/operator/erasing.ts';
import type { RegistryView } from '../../src/collector/registry-tally.ts';
import type { shownEvent } from '../../src/collector/routes/read-routes.ts';
import type * as ofCampaigns from '../../src/collector/schemas/campaign.ts';
import type * as ofCustomers from '../../src/collector/schemas/customer.ts';
import type * as wire from '../../src/collector/schemas/events.ts';
import type * as ofRegistry from '../../src/collector/schemas/registry.ts';
import type { RejectionRecord } from '../../src/collector/store/event-log.ts';
import type { LossReport } from '../../src/collector/store/loss-report.ts';
import type { Batch, BatchAnswer, BrowserEvent, Envelope, ErrorBody, Verdicts } from '../../src/wire/event.ts';
import type { PublicProps } from '../../src/wire/protocol.ts';

/** One object type instead of an intersection, so that equal shapes compare as equal. */
type Flat<T> = T extends object ? { [Name in keyof T]: Flat<T[Name]> } : T;
/** With every name there: one that may be absent on one side, and is not known on the other, would pass for equal. */
type Named<T> = T extends object ? { [Name in keyof T]-?: Named<T[Name]> } : T;
type Mutual<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Same<A, B> = Mutual<[Flat<A>, Named<A>], [Flat<B>, Named<B>]>;
type Schemas = typeof wire & typeof ofCampaigns & typeof ofCustomers & typeof ofRegistry;
type Described<Name extends keyof Schemas> = Schemas[Name] extends infer Schema
  ? Schema extends { static: unknown }
    ? Static<Schema & import('@sinclair/typebox').TSchema>
    : never
  : never;

/** What an answer about a customer has beside what is known of them. */
type Around = 'user_ext_id' | 'device_id' | 'profile' | 'timeline' | 'next';

test('what is described is what the wire says', () => {
  expectTypeOf<Same<Described<'envelope'>, Envelope>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Described<'browserEvent'>, BrowserEvent>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Described<'batch'>, Batch>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Described<'verdicts'>, Verdicts>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Described<'batchAnswer'>, BatchAnswer>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Described<'errorBody'>, ErrorBody>>().toEqualTypeOf<true>();
});

test('what is described of a customer is what their state holds', () => {
  expectTypeOf<Same<Described<'customer'>['engagements'][number], Engagement>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Described<'customer'>['inbox'][number], InboxEntry>>().toEqualTypeOf<true>();
  expectTypeOf<Described<'customer'>['properties']>().toEqualTypeOf<CustomerState['properties']>();
  expectTypeOf<Described<'publicProps'>>().toEqualTypeOf<PublicProps>();
  expectTypeOf<ReturnType<typeof customerView>>().toExtend<Omit<Described<'customer'>, Around>>();
  expectTypeOf<Omit<Described<'customer'>, Around>>().toExtend<ReturnType<typeof customerView>>();
});

test('what is described of campaigns is what is found out', () => {
  expectTypeOf<Same<Described<'dryRun'>, DryRun>>().toEqualTypeOf<true>();
  expectTypeOf<Described<'delivery'>['status']>().toEqualTypeOf<Delivery['status']>();
  expectTypeOf<Described<'delivery'>['channel']>().toEqualTypeOf<Delivery['channel']>();
});

test('what is described of an erasure is its receipt', () => {
  expectTypeOf<Same<Described<'receipt'>, Receipt>>().toEqualTypeOf<true>();
});

test('what is described is what the log and the registry give', () => {
  expectTypeOf<Same<Described<'storedEvent'>, ReturnType<typeof shownEvent>>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Described<'lossReport'>, LossReport>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Described<'rejections'>, { rejections: RejectionRecord[] }>>().toEqualTypeOf<true>();
  expectTypeOf<Same<Described<'registry'>, RegistryView>>().toEqualTypeOf<true>();
});
