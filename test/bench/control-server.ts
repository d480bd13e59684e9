/**
 * The two controls of the collector, on the same HTTP library: `parse` reads the JSON and stores nothing;
 * `postgres` is the usual Node and PostgreSQL shape with the same promise (unique id, on disk before the answer),
 * without identity, limits, registry or a timeline's index.
 */
import Fastify from 'fastify';
import pg from 'pg';

interface Sent {
  batch_id: string;
  label_key: string;
  events: { eid: string; user_ext_id: string; event_type: string; event_date: number; payload: object }[];
}

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
    cursor bigserial PRIMARY KEY, label_key text NOT NULL, eid text NOT NULL, user_ext_id text, event_type text NOT NULL,
    event_date bigint NOT NULL, payload jsonb NOT NULL, received_at timestamptz NOT NULL DEFAULT now(), UNIQUE (label_key, eid))`);
  // A checkpoint that the last run left over must not fall into this one.
  await pool.query('CHECKPOINT');
  const columns = '(label_key, eid, user_ext_id, event_type, event_date, payload)';
  const one = {
    name: 'one',
    text: `INSERT INTO events ${columns} VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
  };
  const many = {
    name: 'many',
    text: `INSERT INTO events ${columns}
      SELECT $1, eid, user_ext_id, event_type, event_date, payload FROM jsonb_to_recordset($2::jsonb)
        AS e(eid text, user_ext_id text, event_type text, event_date bigint, payload jsonb)
      ON CONFLICT DO NOTHING`,
  };
  app.post<{ Body: Sent }>('/v1/events', async ({ body, id }) => {
    const { label_key, events } = body;
    const [only] = events;
    const { rowCount } = await (events.length === 1 && only
      ? pool.query({
          ...one,
          values: [
            label_key,
            only.eid,
            only.user_ext_id,
            only.event_type,
            only.event_date,
            JSON.stringify(only.payload),
          ],
        })
      : pool.query({ ...many, values: [label_key, JSON.stringify(events)] }));
    if (rowCount !== events.length) throw new Error(`${rowCount} of ${events.length} stored`);
    return answer(body, id);
  });
  app.get('/count', async () => (await pool.query('SELECT count(*)::int AS stored FROM events')).rows[0]);
}

process.once('SIGTERM', () => process.exit(0));
console.log(`listening on ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
