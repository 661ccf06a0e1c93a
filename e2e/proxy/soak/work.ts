/**
 * What people and tools do to a local port all day, the rude things too. Each piece of work opens a connection of its own
 * and answers when that is over; it throws where something was not as it should be.
 */
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { PortFacts } from '../../../main/proxy/port/index.ts';
import { FrameReader } from '../../../main/proxy/wire/frames.ts';
import { cancelRequest, cstring, front, message } from '../../../main/proxy/wire/messages.ts';
import type { Random } from '../fuzz/random.ts';

export interface Place {
  readonly facts: PortFacts;
  readonly random: Random;
  /** Rows of a large result. */
  readonly rows: number;
}
export type Work = (place: Place) => Promise<void>;

/** A client that is not bothered by the end of its connection; whoever waits for it is. */
async function open({ facts }: Place): Promise<pg.Client> {
  const client = new pg.Client(facts);
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Takes the stream from a connected client and counts what comes; millions of rows are not made into objects. */
class Reader {
  rows = 0;
  bytes = 0;
  error: string | null = null;
  readonly stream: Duplex;
  readonly #over = Promise.withResolvers<void>();

  constructor(client: pg.Client) {
    // The driver's own part ends here.
    this.stream = (client as unknown as { connection: { stream: Duplex } }).connection.stream;
    this.stream.removeAllListeners('data');
    const reader = new FrameReader({
      treat: (type) => (type === 0x45 ? { take: 'whole', limit: 2 ** 20 } : { take: 'drop' }),
      passed: () => {},
      ended: (type, _length, body) => {
        if (type === 0x44 || type === 0x64) this.rows++;
        else if (type === 0x45) this.error = /C(\w{5})\0/.exec(body?.toString('latin1') ?? '')?.[1] ?? '';
        else if (type === 0x5a) this.#over.resolve();
      },
    });
    this.stream.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length;
      reader.push(chunk);
    });
    this.stream.on('close', () => this.#over.resolve());
  }
  ask(text: string): void {
    this.stream.write(message(front.query, cstring(text)));
  }
  /** Resolves at ReadyForQuery, and when the connection is gone. */
  over(): Promise<void> {
    return this.#over.promise;
  }
  async goodbye(): Promise<void> {
    this.stream.end(message(front.terminate));
    await new Promise((resolve) => this.stream.once('close', resolve));
  }
}

const large = (rows: number): string =>
  `select i, md5(i::text), repeat('x', i % 50) from generate_series(1, ${rows}) i`;
const gone = (reader: Reader): boolean => reader.stream.destroyed && reader.error === null;

function expectRows(reader: Reader, rows: number): void {
  // The port may be closed, and the grant may end, at any time; then the client is told so.
  if (reader.error === '57P01' || gone(reader)) throw new Interrupted();
  if (reader.error !== null || reader.rows !== rows)
    throw new Error(`${reader.rows} rows and ${reader.error}, not ${rows} rows`);
}
/** Something that may happen at any time: the connection was ended from the other side. */
export class Interrupted extends Error {}

const largeFast: Work = async (place) => {
  const reader = new Reader(await open(place));
  reader.ask(large(place.rows));
  await reader.over();
  expectRows(reader, place.rows);
  await reader.goodbye();
};

const largeSlow: Work = async (place) => {
  const reader = new Reader(await open(place));
  let read = 0;
  reader.stream.on('data', () => {
    if (reader.bytes - read < 2_000_000) return;
    read = reader.bytes;
    reader.stream.pause();
    setTimeout(() => reader.stream.resume(), place.random.between(20, 120));
  });
  reader.ask(large(place.rows));
  await reader.over();
  expectRows(reader, place.rows);
  await reader.goodbye();
};

const largeLeft: Work = async (place) => {
  const reader = new Reader(await open(place));
  const enough = place.random.between(1, 20_000_000);
  reader.stream.on('data', () => {
    if (reader.bytes > enough) reader.stream.destroy();
  });
  reader.ask(large(place.rows));
  await reader.over();
  reader.stream.destroy();
};

const largeCancelled: Work = async (place) => {
  const client = await open(place);
  const reader = new Reader(client);
  reader.ask(large(place.rows * 10));
  await sleep(place.random.between(50, 800));
  await cancel(place, client);
  await reader.over();
  if (reader.error === '57P01' || gone(reader)) throw new Interrupted();
  if (reader.error !== '57014') throw new Error(`cancelled, and it ended with ${reader.error}`);
  await reader.goodbye();
};

/** As libpq does: a connection of its own, with the key of the other. */
function cancel({ facts }: Place, client: pg.Client): Promise<void> {
  // What the server told at the start; in the driver, but not in its types.
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number | Buffer };
  const key = Buffer.alloc(4);
  if (typeof secretKey === 'number') key.writeInt32BE(secretKey);
  return new Promise((resolve) => {
    const socket = connect(facts.port, facts.host, () =>
      socket.write(cancelRequest(processID, typeof secretKey === 'number' ? key : secretKey)),
    );
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
}

const asleepCancelled: Work = async (place) => {
  const client = await open(place);
  const asleep = codeOf(client.query('select pg_sleep(60)'));
  await sleep(place.random.between(50, 500));
  // On a busy machine the first request may come before the statement does.
  const again = setInterval(() => void cancel(place, client), 300);
  const code = await asleep;
  clearInterval(again);
  if (code !== '57014') throw interruptedOr(code ?? 'it slept to its end');
  await end(client);
};

const small: Work = async (place) => {
  const client = await open(place);
  const { random } = place;
  for (let times = random.between(20, 200); times > 0; times--) {
    const id = random.between(1, 10_000);
    const code = await codeOf(
      random.pick<() => Promise<unknown>>([
        () => client.query('select 1'),
        () => client.query('select id, status, total from shop.orders where id = $1', [id]),
        () => client.query({ name: 'by-id', text: 'select * from shop.orders where id = $1', values: [id] }),
        () => client.query('select 1; select 2; select 3'),
        () => client.query('update shop.orders set status = status where id = $1', [id]),
        () => client.query('begin').then(() => client.query('rollback')),
      ])(),
    );
    if (code !== null) throw interruptedOr(code);
  }
  await end(client);
};

const wrong: Work = async (place) => {
  const client = await open(place);
  for (let times = 20; times > 0; times--) {
    const [text, expected] = place.random.pick([
      ['selec 1', '42601'],
      ['select 1/0', '22012'],
      ['select * from shop.card_tokens', '42501'],
      ['select * from nowhere', '42P01'],
      ['drop table shop.orders', '42501'],
      ['delete from shop.orders', '42501'],
      ["select pg_read_file('/etc/passwd')", '42501'],
      ['copy shop.orders from stdin', '42501'],
    ] as const);
    const code = await codeOf(client.query(text));
    // Where nobody can be asked, a dangerous shape is refused before the role would be.
    if (code !== expected && code !== '0A000') throw interruptedOr(code ?? `${text} went through`);
  }
  await end(client);
};

const copyOut: Work = async (place) => {
  const reader = new Reader(await open(place));
  reader.ask(`copy (${large(Math.ceil(place.rows / 5))}) to stdout`);
  await reader.over();
  expectRows(reader, Math.ceil(place.rows / 5));
  await reader.goodbye();
};

/** Half a thousand lines that order 1 does not have. */
const linesFrom = (first: number): Buffer =>
  Buffer.concat(
    Array.from({ length: 500 }, (_, i) => message(front.copyData, Buffer.from(`1\t${first + i}\t1\t1\t1.00\n`))),
  );
/** Rows that are rolled back; half of the time the client breaks off in the middle. */
const copyIn: Work = async (place) => {
  const client = await open(place);
  const began = await codeOf(client.query('begin'));
  if (began !== null) throw interruptedOr(began);
  const reader = new Reader(client);
  reader.ask('copy shop.order_lines (order_id, line, product_id, quantity, unit_price) from stdin');
  const left = place.random.chance(0.5);
  for (let times = 40; times > 0 && !reader.stream.destroyed; times--) {
    if (!reader.stream.write(linesFrom(1000 + times * 500)))
      await Promise.race([new Promise((resolve) => reader.stream.once('drain', resolve)), reader.over()]);
    if (left && place.random.chance(0.1)) reader.stream.destroy();
  }
  if (reader.stream.destroyed) return;
  reader.stream.write(message(front.copyDone));
  await reader.over();
  if (reader.error !== null || gone(reader)) throw interruptedOr(reader.error ?? '57P01');
  await reader.goodbye();
};

const transactionLeft: Work = async (place) => {
  const client = await open(place);
  await codeOf(client.query('begin'));
  await codeOf(client.query('update shop.orders set status = status where id = $1', [place.random.between(1, 10_000)]));
  (client as unknown as { connection: { stream: Duplex } }).connection.stream.destroy();
};

const comeAndGo: Work = async (place) => {
  for (let times = 10; times > 0; times--) {
    const client = await open(place);
    await codeOf(client.query('select 1'));
    await end(client);
  }
};

const knockOnly: Work = async ({ facts, random }) => {
  const socket = connect(facts.port, facts.host);
  socket.on('error', () => {});
  socket.write(random.bytes(random.between(1, 200)));
  await sleep(random.between(1, 200));
  socket.destroy();
};

/** As often as their weight says. */
export const works: readonly (readonly [weight: number, name: string, work: Work])[] = [
  [10, 'small statements', small],
  [3, 'a large result, read fast', largeFast],
  [3, 'a large result, read slowly', largeSlow],
  [3, 'a large result, left in the middle', largeLeft],
  [3, 'a large result, cancelled', largeCancelled],
  [3, 'a sleeping statement, cancelled', asleepCancelled],
  [3, 'errors and refusals', wrong],
  [2, 'COPY out', copyOut],
  [2, 'COPY in', copyIn],
  [2, 'a transaction that is left', transactionLeft],
  [2, 'ten connections in a row', comeAndGo],
  [1, 'noise at the door', knockOnly],
];

/** Null when it went well. */
const codeOf = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: { code?: string; message?: string }) => error.code ?? error.message ?? 'an error without words',
  );
/** Whether this is the end of a connection that the other side may bring about at any time. */
export const interruptedOr = (code: string): Error =>
  /^57P01$|^08|^53300$|Connection terminated|ECONN|EPIPE|not queryable|port is closed/.test(code)
    ? new Interrupted(code)
    : new Error(code);

async function end(client: pg.Client): Promise<void> {
  await client.end().catch(() => {});
}
