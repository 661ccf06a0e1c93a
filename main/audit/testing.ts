/** For tests only: a device, disks that fail, and a collector in memory that keeps a real tree and signs real notes. */
import * as crypto from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Receipt } from '../../shared/api.ts';
import { thumbprint } from '../../shared/audit/binding.ts';
import { leafHash, openEnvelope, sealEnvelope } from '../../shared/audit/envelope.ts';
import { type DeviceRecord, deviceRecord, type PublicJwk } from '../../shared/audit/records.ts';
import { toBase64url } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import { nodePrimitives } from '../../shared/primitives.ts';
import { signCheckpoint } from '../../shared/tlog/checkpoint.ts';
import { consistencyProof, inclusionProof, readerOfLeaves, rootOfLeaves } from '../../shared/tlog/merkle.ts';
import { formatVkey, type NoteSigner, parseVkey } from '../../shared/tlog/note.ts';
import type { Clock } from '../clock.ts';
import { diskFiles, type LogFile, type LogFiles } from './files.ts';
import type { CollectorUploads, DeviceSigner, IntentFacts, OutcomeFacts, SealedItem, SessionFacts } from './types.ts';

export const p = nodePrimitives(crypto);

export function newSigner(): DeviceSigner {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
  const publicJwk: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.export({ format: 'jwk' }).x ?? '' };
  return { publicJwk, thumbprint: thumbprint(publicJwk, p), sign: (data) => crypto.sign(null, data, privateKey) };
}

export const id = (): string => toBase64url(crypto.randomBytes(16));

export function temporaryDir(): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-log-'));
  return { dir: join(dir, 'log'), remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Real time unless moved. */
export function movableClock(): Clock & { jumpWall(ms: number): void; jumpMono(ms: number): void } {
  let wall = 0;
  let mono = 0;
  return {
    wall: () => Date.now() + wall,
    mono: () => performance.now() + mono,
    jumpWall: (ms) => {
      wall += ms;
    },
    jumpMono: (ms) => {
      mono += ms;
    },
  };
}

export const limits: SessionFacts['limits'] = {
  max_rows: 1000,
  max_bytes: 1_000_000,
  statement_timeout_ms: 60_000,
  idle_tx_timeout_ms: 60_000,
  connections: 4,
  strict: false,
  max_unacked: 10_000,
  max_age_s: 3600,
  unparsed: true,
  exports: true,
  local_port: true,
  port_dangerous: 'refuse',
};

export const sessionFacts = (changed: Partial<SessionFacts> = {}): SessionFacts => ({
  gid: id(),
  grant: 'e30.e30.c2ln',
  idToken: 'e30.e30.c2ln',
  target: {
    id: 'orders',
    host: '127.0.0.1',
    port: 5432,
    database: 'shop',
    role: 'v_test',
    server_version: '18.4',
    cert: null,
    pid: 4711,
    client_port: 50_000,
  },
  limits,
  ...changed,
});

export const intentFacts = (changed: Partial<IntentFacts> = {}): IntentFacts => ({
  op: 'query',
  of: null,
  kind: 'select',
  n: 1,
  fp: '0123456789abcdef',
  norm: 'select $1',
  text: 'select 1',
  parameters: null,
  tx: 'idle',
  origin: 'user',
  ...changed,
});

export const outcomeFacts = (of: string, changed: Partial<OutcomeFacts> = {}): OutcomeFacts => ({
  of,
  result: 'ok',
  sqlstate: null,
  tag: 'SELECT 1',
  rows: 1,
  bytes: 12,
  start: 1,
  end: 2,
  ...changed,
});

export interface DiskFaults {
  /** Called before each operation; throw to make it fail. */
  before(operation: 'create' | 'write' | 'datasync' | 'replace'): void;
}
export const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: injected`), { code, syscall: 'fdatasync' });

export function faultyFiles(faults: DiskFaults, seen: string[] = []): LogFiles {
  const wrap = (file: LogFile): LogFile => ({
    ...file,
    write(data, position) {
      seen.push('write');
      faults.before('write');
      file.write(data, position);
    },
    async datasync() {
      seen.push('datasync');
      faults.before('datasync');
      await file.datasync();
      seen.push('datasync returned');
    },
  });
  return {
    ...diskFiles,
    async create(path, size) {
      faults.before('create');
      return wrap(await diskFiles.create(path, size));
    },
    open: async (path) => wrap(await diskFiles.open(path)),
    async replace(path, data) {
      faults.before('replace');
      await diskFiles.replace(path, data);
    },
  };
}

/** A collector in memory: same answers as the real one, and knobs for every way to fail or lie. */
export class MemoryCollector implements CollectorUploads {
  readonly vkey: string;
  readonly lines: string[] = [];
  readonly sessions = new Map<string, { line: string; index: number }[]>();
  readonly disclosed: SealedItem[] = [];
  readonly batches: number[] = [];
  /** Sessions whose head was asked for. */
  readonly asked: string[] = [];
  /** Reject everything with this while it is set. */
  down: Fault | null = null;
  /** Store the next batch, then lose the answer. */
  loseAnswers = 0;
  /** Changes a receipt before it is sent. */
  lie: ((receipt: Receipt) => Receipt) | null = null;
  delay = 0;
  #leaves: Uint8Array[] = [];
  readonly #signer: NoteSigner;
  readonly #entries = newSigner();

  constructor(origin = 'ledger.test/vitrine') {
    const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    this.vkey = formatVkey(origin, raw, p);
    this.#signer = {
      name: origin,
      id: parseVkey(this.vkey, p).id,
      sign: (data) => crypto.sign(null, data, privateKey),
    };
  }

  async entries(sid: string, lines: string[], fromSize: number): Promise<Receipt> {
    await this.#maybeDown();
    this.batches.push(lines.length);
    const stored = this.sessions.get(sid) ?? [];
    this.sessions.set(sid, stored);
    let last = { index: -1, seq: -1 };
    let fresh = false;
    for (const line of lines) {
      const record = deviceRecord.parse(openEnvelope(line).record);
      const known = stored[record.seq];
      if (known === undefined) {
        if (record.seq !== stored.length) throw new Fault('gap', `want seq ${stored.length}`);
        const before = stored.at(-1);
        const head = before === undefined ? null : toBase64url(leafHash(before.line, p));
        if (record.prev !== head) throw new Fault('orphan', `seq ${record.seq} follows another entry`);
        stored.push({ line, index: this.#add(line) });
        fresh = true;
      } else if (known.line !== line) throw new Fault('fork', `seq ${record.seq} is another entry`);
      last = { index: stored[record.seq]?.index ?? -1, seq: record.seq };
    }
    // The real collector writes a receipt record behind each batch, so ledger indexes have holes between batches.
    if (fresh) this.#add(sealEnvelope({ receipt: stored.length }, this.#entries.thumbprint, this.#entries.sign));
    if (this.loseAnswers > 0) {
      this.loseAnswers--;
      throw new Fault('collector_unreachable', 'The answer was lost.');
    }
    const receipt = this.receipt(last.index, last.seq, stored.length, fromSize);
    return this.lie === null ? receipt : this.lie(receipt);
  }

  async head(sid: string): Promise<{ next_seq: number; head: string | null }> {
    this.asked.push(sid);
    await this.#maybeDown();
    const last = this.sessions.get(sid)?.at(-1);
    const head = last === undefined ? null : toBase64url(leafHash(last.line, p));
    return { next_seq: this.sessions.get(sid)?.length ?? 0, head };
  }

  async disclosures(sid: string, items: SealedItem[]): Promise<void> {
    await this.#maybeDown();
    const known = new Set(this.records(sid).flatMap((record) => (record.typ === 'intent' ? [record.i] : [])));
    if (items.some(({ i }) => !known.has(i)))
      throw Object.assign(new Fault('unknown_intent', 'No such intent is in the ledger.'), { status: 409 });
    this.disclosed.push(...items);
  }

  receipt(index: number, seq: number, next: number, fromSize: number): Receipt {
    const size = this.#leaves.length;
    const read = readerOfLeaves(this.#leaves, p);
    return {
      next_seq: next,
      index,
      seq,
      checkpoint: this.note(),
      inclusion: inclusionProof(index, size, read, p).map(toBase64url),
      consistency:
        fromSize === 0 || fromSize === size ? [] : consistencyProof(fromSize, size, read, p).map(toBase64url),
    };
  }

  note(): string {
    const { name: origin } = this.#signer;
    return signCheckpoint({ origin, size: this.#leaves.length, root: rootOfLeaves(this.#leaves, p) }, this.#signer);
  }

  /** Rewrites the past: what a lying ledger would do. */
  rewrite(index: number): void {
    this.#leaves[index] = leafHash('another past', p);
  }

  records(sid: string): DeviceRecord[] {
    return (this.sessions.get(sid) ?? []).map(({ line }) => deviceRecord.parse(openEnvelope(line).record));
  }

  #add(line: string): number {
    this.lines.push(line);
    this.#leaves.push(leafHash(line, p));
    return this.#leaves.length - 1;
  }

  async #maybeDown(): Promise<void> {
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
    if (this.down !== null) throw this.down;
  }
}
