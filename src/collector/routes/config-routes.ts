/**
 * What is in force of the config, what is wrong with the file that was to replace it, and the schema that files are written by.
 */
import type { Label } from '../config/config.ts';
import type { Mistake } from '../config/place.ts';
import { configSchema } from '../config/schema.ts';
import type { Refused, Settings } from '../config/settings.ts';
import { configState } from '../schemas/config.ts';
import type { AdminNeeds } from './admin-key.ts';
import { adminRoute } from './admin-route.ts';
import { readQuery } from './query.ts';
import type { Route } from './route.ts';

export interface ConfigNeeds extends AdminNeeds {
  settings: Settings;
}

/** Of a label as its operator may see it: no key and no password. */
const inForce = ({ name, brands, origins, written, levels, ads, messages }: Label) => ({
  name,
  brands,
  origins,
  ...written,
  levels,
  ads,
  messages: {
    ...messages,
    email: { from: messages.email.from, smtp: messages.email.smtp === null ? null : new URL(messages.email.smtp).host },
    sms: messages.sms && { url: messages.sms.url },
    webhooks: messages.webhooks && {},
  },
});

/** What is told of another label says something about it. */
const toldTo = (name: string, labels: readonly string[], mistakes: readonly Mistake[]): Mistake[] =>
  mistakes.filter(({ path }) => {
    const [, place] = /^labels\[(\d+)]/.exec(path) ?? [];
    return place === undefined || labels[Number(place)] === name;
  });

const refusedFor = (name: string, { at, labels, mistakes }: Refused) => {
  const own = toldTo(name, labels, mistakes);
  return { at, mistakes: own, others: mistakes.length - own.length };
};

const schemaText = JSON.stringify(configSchema, null, 1);

export const configRoutes = ({ settings, ...keys }: ConfigNeeds): Route[] => [
  adminRoute(keys)(
    {
      at: 'GET /v1/config',
      summary: 'What is in force of the config, and what is wrong with a file that was refused',
      tag: 'read',
      ok: configState,
    },
    (label, request) => {
      readQuery(request.query, []);
      const { since, warnings, refused, afterRestart } = settings.news();
      const labels = settings.labels().map(({ name }) => name);
      return {
        since,
        refused: refused && refusedFor(label.name, refused),
        after_restart: afterRestart,
        warnings: toldTo(label.name, labels, warnings),
        label: inForce(label),
      };
    },
  ),
  {
    method: 'GET',
    url: '/config.schema.json',
    audience: 'public',
    schema: { summary: 'JSON Schema of the config, for editors', tags: ['machines'] },
    answer: (_, reply) =>
      reply
        .header('cache-control', 'public, max-age=3600')
        .header('access-control-allow-origin', '*')
        .type('application/schema+json')
        .send(schemaText),
  },
];
