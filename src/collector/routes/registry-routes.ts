/**
 * What a label's events name: read, registered by hand with rules for fields, taken out, and given as TypeScript.
 */
import { Type } from '@sinclair/typebox';
import { limits } from '../../wire/limits.ts';
import type { FieldRules } from '../operator/field-rules.ts';
import { readRegistration } from '../operator/registry-request.ts';
import { typesFile } from '../operator/types-file.ts';
import { Refusal } from '../refusal.ts';
import { foldRegistry, type RegistryEntry, type RegistryView } from '../registry-tally.ts';
import * as schemas from '../schemas/registry.ts';
import { type EventLog, type RegistryKind, registryKinds } from '../store/event-log.ts';
import type { AdminNeeds } from './admin-key.ts';
import { adminRoute } from './admin-route.ts';
import { readQuery } from './query.ts';
import { bodyOf, type Route } from './route.ts';

export interface RegistryNeeds extends AdminNeeds {
  log: Pick<EventLog, 'registry' | 'register' | 'unregister'>;
  fieldRules: Pick<FieldRules, 'load'>;
}

const listOf = { action: 'actions', event_type: 'event_types', entry_point: 'entry_points' } as const;
/** As an address says it: a page can make up names with half of a letter, and those have to be taken out too. */
const sayable = (name: string): string => Buffer.from(name).toString();
const declarations = Type.String({ description: 'TypeScript declarations' });

export const registryRoutes = ({ log, fieldRules, ...keys }: RegistryNeeds): Route[] => {
  const admin = adminRoute(keys);
  const viewOf = async (label: string): Promise<RegistryView> => foldRegistry(await log.registry(label));
  const entryIn = (view: RegistryView, kind: RegistryKind, name: string): RegistryEntry | undefined =>
    view[listOf[kind]].find((one) => one.name === name);

  return [
    admin(
      {
        at: 'GET /v1/registry',
        summary: 'Actions, event types and entry points, seen or registered',
        tag: 'read',
        ok: schemas.registry,
      },
      (label, { query }) => {
        readQuery(query, []);
        return viewOf(label.name);
      },
    ),
    admin(
      {
        at: 'POST /v1/registry',
        summary: 'Registers a name by hand, and sets rules for its fields',
        tag: 'read',
        body: schemas.registration,
        ok: schemas.registryEntry,
        created: schemas.registryEntry,
      },
      async (label, request, reply) => {
        const { kind, name, fields } = readRegistration(bodyOf(request));
        const before = await viewOf(label.name);
        const known = entryIn(before, kind, name);
        const existed = known !== undefined;
        // Those that pages named do not count: whoever knows the public key can name fifty.
        const byHand = before.entry_points.filter(({ registered }) => registered);
        if (!known?.registered && kind === 'entry_point' && byHand.length >= limits.entryPoints)
          throw new Refusal('bad_request', `this label has its ${limits.entryPoints} registered entry points already`);
        await log.register(label.name, kind, name, fields);
        // In force when this is answered: what comes after is judged by them.
        if (fields) await fieldRules.load([label]);
        const entry = entryIn(await viewOf(label.name), kind, name);
        if (!entry) throw new Error('an entry that was just registered is not in the registry');
        return reply.code(existed ? 200 : 201).send(entry);
      },
    ),
    admin(
      {
        at: 'DELETE /v1/registry',
        summary:
          'Takes a name (?kind=&name=) out, with its counts and rules; events stay, and the next one names it again',
        tag: 'read',
        ok: schemas.registryEntry,
      },
      async (label, { query }) => {
        const given = readQuery(query, ['kind', 'name']);
        const kind = given.oneOf('kind', registryKinds);
        const name = given.text('name');
        if (!kind || name === undefined) throw new Refusal('bad_query', '"kind" and "name" say what is taken out');
        const entry = (await viewOf(label.name))[listOf[kind]].find((one) => sayable(one.name) === name);
        if (!entry) throw new Refusal('not_found', `the registry has no ${kind} of this name`);
        await log.unregister(label.name, kind, entry.name);
        await fieldRules.load([label]);
        return entry;
      },
    ),
    admin(
      { at: 'GET /types.d.ts', summary: 'The registry as TypeScript', tag: 'read', ok: declarations },
      async (label, { query }, reply) => {
        readQuery(query, []);
        return reply.type('application/typescript; charset=utf-8').send(typesFile(await viewOf(label.name)));
      },
    ),
  ];
};
