/**
 * The two controls of the collector, on the same HTTP library: `parse` reads the JSON and stores nothing;
 * `postgres` is the usual Node and PostgreSQL shape with the same promise (unique id, on disk before the answer) that keeps
 * the same fields and answers the same two questions (by id, by customer), without identity, limits or registry.
 */
import Fastify from 'fastify';
import pg from 'pg';

interface SentEvent {
  eid: string;
  event_date: number;
  ext_brand_id: string;
  user_ext_id: string;
  event_type: string;
  payload: object;
  session_id: string;
  page_id: string;
  seq: number;
  source: string;
}
interface Sent {
  batch_id: string;
  label_key: string;
  device_id: string;
  events: SentEvent[];
}

const columns = {
  ...{ eid: 'text', event_date: 'bigint', ext_brand_id: 'text', user_ext_id: 'text', event_type: 'text' },
  ...{ payload: 'jsonb', session_id: 'text', page_id: 'text', seq: 'int', source: 'text' },
} satisfies Record<keyof SentEvent, string>;
const names = Object.keys(columns) as (keyof SentEvent)[];
const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
const insert = `INSERT INTO events (label_key, device_id, ${names})`;

const app = Fastify({ bodyLimit: 2_000_000 });
app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) => {
  done(null, JSON.parse(body as string));
});
app.addHook('onError', async (_request, _reply, error) => console.error(error));

const answer = (batch: Sent, id: string) => ({ batch_id: batch.batch_id, request_id: id, duplicate: [], rejected: [] });

const [kind, socketFolder, port] = process.argv.slice(2);

if (kind === 'parse') {
  app.post<{ Body: Sent }>('/v1/events', async ({ body, id }) => answer(body, id));
} else {
  const pool = new pg.Pool({ host: socketFolder, port: Number(port), user: 'bench', database: 'postgres', max: 20 });
  await pool.query('DROP TABLE IF EXISTS events');
  await pool.query(`CREATE TABLE events (
    cursor bigserial PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now(),
    label_key text NOT NULL, device_id text, ${typed}, UNIQUE (label_key, eid))`);
  await pool.query('CREATE INDEX ON events (label_key, user_ext_id, cursor)');
  // A checkpoint that the last run left over must not fall into this one.
  await pool.query('CHECKPOINT');
  const places = names.map((_, index) => `$${index + 3}`);
  const one = { name: 'one', text: `${insert} VALUES ($1, $2, ${places}) ON CONFLICT DO NOTHING` };
  const many = {
    name: 'many',
    text: `${insert} SELECT $1, $2, ${names} FROM jsonb_to_recordset($3::jsonb) AS e(${typed}) ON CONFLICT DO NOTHING`,
  };
  app.post<{ Body: Sent }>('/v1/events', async ({ body, id }) => {
    const { label_key, device_id, events } = body;
    const [only] = events;
    const { rowCount } = await (events.length === 1 && only
      ? pool.query({ ...one, values: [label_key, device_id, ...names.map((name) => only[name])] })
      : pool.query({ ...many, values: [label_key, device_id, JSON.stringify(events)] }));
    if (rowCount !== events.length) throw new Error(`${rowCount} of ${events.length} stored`);
    return answer(body, id);
  });
  app.get('/count', async () => (await pool.query('SELECT count(*)::int AS stored FROM events')).rows[0]);
}

process.once('SIGTERM', () => process.exit(0));
console.log(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
