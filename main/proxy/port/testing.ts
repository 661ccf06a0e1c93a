/** For tests only: a local port on a real relay, and a client that speaks the protocol byte by byte. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import sasl from 'pg/lib/crypto/sasl.js';
import { systemClock } from '../../clock.ts';
import { limits, openRig, type Rig, type RigOptions, type World } from '../testing.ts';
import { FrameReader } from '../wire/frames.ts';
import { BodyReader, back, cstring, front, int32, message, PROTOCOL_3, readFields } from '../wire/messages.ts';
import { type LocalPort, openLocalPort, type PortFacts, type PortState } from './index.ts';

/** Polls; the limit is for machines that are very busy. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const late = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > late) throw new Error(`waited too long until ${what}`);
    await sleep(5);
  }
}

export interface PortRig extends Rig {
  readonly port: LocalPort;
  /** Every state that was announced. */
  readonly states: PortState[];
  /** A `pg` client over TCP, connected. */
  tool(changed?: pg.ClientConfig): Promise<pg.Client>;
  raw(): Promise<RawClient>;
}

export interface PortRigOptions extends RigOptions {
  readonly patience?: number;
}

export async function openPortRig(world: World, options: PortRigOptions = {}): Promise<PortRig> {
  const rig = await openRig(world, options);
  const states: PortState[] = [];
  const port = openLocalPort({
    relay: rig.relay,
    limits: { ...limits, ...options.limits },
    user: world.role,
    database: 'shop',
    clock: systemClock,
    onChange: () => states.push(port.state()),
    ...(options.patience === undefined ? {} : { patience: options.patience }),
  });
  const ends: (() => unknown)[] = [];
  return Object.assign(rig, {
    port,
    states,
    async tool(changed: pg.ClientConfig = {}) {
      const client = new pg.Client({ ...connectionOf(await port.open()), ...changed });
      client.on('error', () => {});
      await client.connect();
      ends.push(() => client.end().catch(() => {}));
      return client;
    },
    async raw() {
      const client = await RawClient.connect((await port.open()).port);
      ends.push(() => client.socket.destroy());
      return client;
    },
    close: ((closeRig) => async () => {
      port.end();
      await closeRig();
      for (const end of ends) await end();
    })(rig.close),
  });
}

const connectionOf = ({ host, port, user, password, database }: PortFacts): pg.ClientConfig => ({
  host,
  port,
  user,
  password,
  database,
});

export interface Answer {
  readonly type: string;
  readonly body: Buffer;
}

/** Speaks frames over TCP. */
export class RawClient {
  readonly socket: Socket;
  readonly answers: Answer[] = [];
  /** The server's side has ended, with or without an error. */
  closed = false;
  /** Bytes that came before the first frame: answers to SSLRequest. */
  #loose = 0;
  #looseBytes = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    const reader = new FrameReader({
      treat: () => ({ take: 'whole', limit: 2 ** 28 }),
      passed: () => {},
      ended: (type, _length, body) =>
        this.answers.push({ type: String.fromCharCode(type), body: Buffer.from(body ?? Buffer.alloc(0)) }),
    });
    socket.on('data', (chunk: Buffer) => {
      const loose = chunk.subarray(0, this.#loose);
      this.#loose -= loose.length;
      this.#looseBytes = Buffer.concat([this.#looseBytes, loose]);
      reader.push(chunk.subarray(loose.length));
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
    });
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ host, port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawClient(socket);
  }

  send(...bytes: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(bytes));
  }

  /** An encryption request; answers with the one byte. */
  async ask(code: number): Promise<string> {
    this.#looseBytes = Buffer.alloc(0);
    this.#loose = 1;
    this.send(int32(8), int32(code));
    await until(() => this.#looseBytes.length === 1 || this.closed, 'the encryption request is answered');
    return this.#looseBytes.toString();
  }

  startup(parameters: Readonly<Record<string, string>>, minor = 0): void {
    const body = Buffer.concat([
      int32(PROTOCOL_3 + minor),
      ...Object.entries(parameters).flat().map(cstring),
      Buffer.alloc(1),
    ]);
    this.send(int32(body.length + 4), body);
  }

  /** Waits for an answer of this type (or the end) and takes everything up to it. */
  async next(type: string): Promise<Answer> {
    await until(() => this.closed || this.answers.some((one) => one.type === type), `${type} comes`);
    const at = this.answers.findIndex((one) => one.type === type);
    const found = this.answers.splice(0, at + 1).at(-1);
    if (at < 0 || found === undefined) throw new Error(`closed before ${type}; it said ${this.said()}`);
    return found;
  }

  /** Types of what came, errors with their code and message. */
  said(): string {
    return this.answers.map(({ type, body }) => (type === 'E' ? `E:${errorOf(body)}` : type)).join(' ');
  }

  async end(): Promise<void> {
    await until(() => this.closed, 'the connection is closed');
  }

  /** The exchange up to ReadyForQuery, or to the error. */
  async login(
    facts: PortFacts,
    {
      minor = 0,
      password = facts.password,
      parameters = {},
    }: { minor?: number; password?: string; parameters?: Record<string, string> } = {},
  ): Promise<void> {
    this.startup({ user: facts.user, database: facts.database, ...parameters }, minor);
    await this.prove(password);
  }

  async prove(password: string): Promise<void> {
    const session = sasl.startSession(['SCRAM-SHA-256'], null);
    await this.next('R');
    const first = Buffer.from(session.response);
    this.send(message(front.password, cstring(session.mechanism), int32(first.length), first));
    const { body } = await this.next('R');
    await sasl.continueSession(session, password, body.subarray(4).toString(), null);
    this.send(message(front.password, Buffer.from(session.response)));
    await until(() => this.closed || this.answers.some(({ type }) => type === 'Z' || type === 'E'), 'login ends');
  }

  /** BackendKeyData, which must be among what came. */
  key(): { pid: number; key: Buffer } {
    const { body } = this.answers.find(({ type }) => type === 'K') ?? { body: Buffer.alloc(0) };
    return { pid: body.readInt32BE(), key: body.subarray(4) };
  }

  async query(text: string): Promise<Answer[]> {
    this.answers.length = 0;
    this.send(message(front.query, cstring(text)));
    await until(() => this.closed || this.answers.some(({ type }) => type === 'Z'), 'the query is answered');
    return this.answers.splice(0);
  }
}

export function errorOf(body: Buffer): string {
  const fields = readFields(body);
  return `${fields.get('S')} ${fields.get('C')} ${fields.get('M')}`;
}
/** The first column of each row. */
export const firstColumn = (answers: readonly Answer[]): string[] =>
  answers
    .filter(({ type }) => type.charCodeAt(0) === back.dataRow)
    .map(({ body }) => {
      const reader = new BodyReader(body);
      reader.take(2);
      return reader.take(reader.int32()).toString();
    });
