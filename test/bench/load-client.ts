/**
 * The load, in a process of its own: raw sockets, HTTP/1.1 with keep-alive, one request at a time on each.
 * Keeps the ledger of what was acknowledged. Told its job by the first message, it tells its parent when the measured
 * time begins and ends, and what happened.
 */
import { createConnection, type Socket } from 'node:net';
import { quantile } from './figures.ts';
import { browserRequests, type PreparedRequest, type Sender, templatesOf } from './load-bodies.ts';

export interface Job extends Sender {
  /** Of one server, or of several that take connections in turn. */
  ports: number[];
  connections: number;
  warmMs: number;
  measureMs: number;
  /** Requests a second by the clock, answered or not (open loop); null sends as answers come (closed loop). */
  pace: number | null;
  /** Whether the outcome names every event that was acknowledged. */
  names?: true;
  /** How long a connection waits after a refusal; left out, it does not. */
  refusedWaitsMs?: number;
}

export interface Outcome {
  /** Over the whole run, warm-up included: what the store must hold. */
  acknowledged: number;
  duplicate: number;
  rejected: number;
  /** Answers that acknowledged nothing, by status or reason. */
  failures: Record<string, number>;
  /** Within the measured time. */
  eventsPerSecond: number;
  p50: number;
  p99: number;
  clientCpuMicrosPerEvent: number;
  bytesPerEvent: number;
  /** Requests that were due and still had no free connection at the end. */
  unsent: number;
  /** The longest time within the measured one in which nothing was acknowledged. */
  longestGapMs: number;
  /** Ids of what was acknowledged, where the job asks for them. */
  eids: string[];
}
export type Told = { at: 'measuring' } | { at: 'measured' } | { at: 'done'; outcome: Outcome };

interface Connection {
  socket: Socket;
  requests: PreparedRequest[];
  turn: number;
  batchId: string;
  sent: PreparedRequest;
  /** When the request was due; latency counts from here. `null` while the connection is free. */
  due: number | null;
  answer: Buffer[];
}

const connected = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });

const readAnswer = (chunks: Buffer[]): { status: number; body: Buffer } | undefined => {
  const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const length = Number(/content-length: *(\d+)/i.exec(head)?.[1]);
  if (!Number.isInteger(length)) throw new Error(`an answer without a length: ${head}`);
  if (bytes.length < end + 4 + length) return undefined;
  return { status: Number(head.slice(9, 12)), body: bytes.subarray(end + 4) };
};

const run = async (job: Job, tell: (told: Told) => void): Promise<Outcome> => {
  const ledger = { acknowledged: 0, duplicate: 0, rejected: 0, failures: {} as Record<string, number> };
  const latencies: number[] = [];
  const backlog: number[] = [];
  const eids: string[] = [];
  let measured = 0;
  let acknowledgedAt = 0;
  let longestGapMs = 0;
  let phase: 'warming' | 'measuring' | 'ending' = 'warming';
  let allFree = () => {};
  let cpu = process.cpuUsage();

  const connections: Connection[] = [];
  for (let device = 0; device < job.connections; device++) {
    const next = browserRequests(job, device);
    const requests = Array.from({ length: templatesOf(job) }, next);
    connections.push({
      socket: await connected(job.ports[device % job.ports.length]!),
      requests,
      sent: requests[0]!,
      turn: 0,
      batchId: '',
      due: null,
      answer: [],
    });
  }

  const send = (connection: Connection, due: number) => {
    const request = connection.requests[connection.turn++ % connection.requests.length] as PreparedRequest;
    connection.batchId = request.stamp();
    connection.sent = request;
    connection.due = due;
    connection.socket.write(request.bytes);
  };

  const fail = (reason: string) => {
    ledger.failures[reason] = (ledger.failures[reason] ?? 0) + 1;
  };

  const settle = (connection: Connection, status: number, body: Buffer): number => {
    if (status !== 200) {
      fail(`${status} ${body.toString('latin1', 0, 120)}`);
      return 0;
    }
    if (!body.includes(connection.batchId, 0, 'latin1')) {
      fail('batch_id not echoed');
      return 0;
    }
    if (body.includes('"duplicate":[],"rejected":[]')) return job.batch;
    const { duplicate, rejected } = JSON.parse(body.toString()) as { duplicate: unknown[]; rejected: unknown[] };
    ledger.duplicate += duplicate.length;
    ledger.rejected += rejected.length;
    return job.batch - duplicate.length - rejected.length;
  };

  const ifAllFree = () => {
    if (connections.every(({ due }) => due === null)) allFree();
  };
  const next = (connection: Connection) => {
    if (phase === 'ending' || connection.due !== null) return;
    const due = job.pace === null ? performance.now() : backlog.shift();
    if (due !== undefined) send(connection, due);
  };
  const hear = (connection: Connection) => (chunk: Buffer) => {
    connection.answer.push(chunk);
    const answer = readAnswer(connection.answer);
    if (!answer || connection.due === null) return;
    const stored = settle(connection, answer.status, answer.body);
    const now = performance.now();
    ledger.acknowledged += stored;
    if (job.names && stored > 0) eids.push(...connection.sent.eids());
    if (phase === 'measuring') {
      measured += stored;
      latencies.push(now - connection.due);
      if (stored > 0) {
        longestGapMs = Math.max(longestGapMs, now - acknowledgedAt);
        acknowledgedAt = now;
      }
    }
    connection.answer = [];
    connection.due = null;
    if (phase === 'ending') ifAllFree();
    else if (answer.status === 200 || !job.refusedWaitsMs) next(connection);
    else setTimeout(next, job.refusedWaitsMs, connection);
  };
  const attend = (connection: Connection): void => {
    connection.socket.on('data', hear(connection)).on('close', async () => {
      if (phase === 'ending') return;
      if (connection.due !== null) throw new Error('the server closed a connection that waited for its answer');
      // One on which nothing was said for long, as any server may. It is not free until it is there again.
      connection.due = performance.now();
      connection.socket = await connected(job.ports[connections.indexOf(connection) % job.ports.length]!);
      attend(connection);
      connection.due = null;
      ifAllFree();
      if (job.pace !== null) next(connection);
    });
  };
  for (const connection of connections) attend(connection);

  const startedAt = performance.now();
  let given = 0;
  /** In turn: a server lets go of a connection on which nothing is said. */
  const longestFree = (): Connection | undefined => {
    for (let n = 0; n < connections.length; n++) {
      const one = connections[(given + n) % connections.length]!;
      if (one.due === null) return one;
    }
    return undefined;
  };
  const byTheClock = (pace: number) =>
    setInterval(() => {
      const dueAt = () => startedAt + (given * 1000) / pace;
      for (let due = dueAt(); due <= performance.now(); due = dueAt()) {
        given++;
        const free = longestFree();
        if (free) send(free, due);
        else backlog.push(due);
      }
    }, 1);
  const ticker = job.pace === null ? undefined : byTheClock(job.pace);
  if (job.pace === null) for (const connection of connections) send(connection, startedAt);

  const passes = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await passes(job.warmMs);
  phase = 'measuring';
  cpu = process.cpuUsage();
  const from = performance.now();
  acknowledgedAt = from;
  tell({ at: 'measuring' });
  await passes(job.measureMs);
  const seconds = (performance.now() - from) / 1000;
  longestGapMs = Math.max(longestGapMs, performance.now() - acknowledgedAt);
  const spent = process.cpuUsage(cpu);
  phase = 'ending';
  tell({ at: 'measured' });
  clearInterval(ticker);
  if (connections.some(({ due }) => due !== null)) {
    await new Promise<void>((resolve) => {
      allFree = resolve;
    });
  }
  for (const { socket } of connections) socket.destroy();

  const request = connections[0]?.requests[0]?.bytes;
  return {
    ...ledger,
    eventsPerSecond: measured / seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    clientCpuMicrosPerEvent: (spent.user + spent.system) / Math.max(1, measured),
    bytesPerEvent: request ? (request.length - request.indexOf('\r\n\r\n') - 4) / job.batch : Number.NaN,
    unsent: backlog.length,
    longestGapMs,
    eids,
  };
};

process.once('message', (job: Job) => {
  const tell = (told: Told) => process.send?.(told);
  // Whoever gave the job lets go of it once the outcome has come.
  run(job, tell).then((outcome) => tell({ at: 'done', outcome }));
});
