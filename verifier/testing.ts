/** For tests and benchmarks only: a whole small world (provider, device, grant, ledger) and the bundle of one grant. */
import * as crypto from 'node:crypto';
import { bindingNonce, thumbprint } from '../shared/audit/binding.ts';
import { type BundleParts, consistencySizes, writeBundle } from '../shared/audit/bundle.ts';
import { commit } from '../shared/audit/commitment.ts';
import { leafHash, sealEnvelope } from '../shared/audit/envelope.ts';
import type { PublicJwk } from '../shared/audit/records.ts';
import { toBase64url, utf8 } from '../shared/encoding.ts';
import type { GrantClaims } from '../shared/grants.ts';
import { nodePrimitives } from '../shared/primitives.ts';
import { signCheckpoint } from '../shared/tlog/checkpoint.ts';
import { consistencyProof, inclusionProof, readerOfLeaves, rootOf } from '../shared/tlog/merkle.ts';
import { formatVkey, noteKeyId } from '../shared/tlog/note.ts';

export const p = nodePrimitives(crypto);
const id = (): string => toBase64url(crypto.randomBytes(16));
const hash = (text: string): string => toBase64url(p.sha256(utf8(text)));

interface Key {
  readonly jwk: PublicJwk;
  readonly jkt: string;
  sign(data: Uint8Array): Uint8Array;
}
function newKey(): Key {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
  const jwk: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.export({ format: 'jwk' }).x ?? '' };
  return { jwk, jkt: thumbprint(jwk, p), sign: (data) => crypto.sign(null, data, privateKey) };
}
const part = (value: object): string => toBase64url(utf8(JSON.stringify(value)));
function jws(header: object, claims: object, sign: (data: Uint8Array) => Uint8Array): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${toBase64url(sign(utf8(signed)))}`;
}

export interface WorldOptions {
  readonly statements?: number;
  readonly sessions?: number;
  /** Entries of other grants between those of this one. */
  readonly strangers?: number;
  /** Changes a record of the device before it is signed; for lies that a device could tell. */
  readonly lie?: (record: Record<string, unknown>) => Record<string, unknown>;
  /** Changes a collector record before it is signed. */
  readonly lieAsCollector?: (record: Record<string, unknown>) => Record<string, unknown>;
  /** These records carry a signature of another key under the right key id. */
  readonly forge?: (record: Record<string, unknown>) => boolean;
  /** Leaves entries out of the bundle. */
  readonly omit?: (record: Record<string, unknown>) => boolean;
  /** Nonce, signature algorithm and key of the ID token. */
  readonly token?: { readonly nonce?: string; readonly alg?: 'none' | 'foreign' };
  readonly grantDevice?: string;
  readonly disclose?: boolean;
}

export interface World {
  readonly lines: string[];
  readonly parts: BundleParts;
  readonly vkey: string;
}

/** Every item of a stream. */
export async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Like {@link worldOf}, but only the text. */
export const bundleOf = async (options: WorldOptions = {}): Promise<string> => (await worldOf(options)).lines.join('');

export async function worldOf(options: WorldOptions = {}): Promise<World> {
  const { statements = 3, sessions = 2, strangers = 1 } = options;
  const origin = 'ledger.test/vitrine';
  const [log, entryKey, grantKey, device] = [newKey(), newKey(), newKey(), newKey()];
  const raw = Buffer.from(log.jwk.x, 'base64url');
  const vkey = formatVkey(origin, raw, p);
  const noteSigner = { name: origin, id: noteKeyId(origin, raw, p), sign: log.sign };
  const provider = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [gid, policy, salt] = [id(), hash('policy'), id()];
  let now = Date.parse('2026-11-23T02:00:00.000Z');
  const time = (): string => new Date(now++).toISOString();

  const ledger: { line: string; record: Record<string, unknown> }[] = [];
  const leaves: Uint8Array[] = [];
  const checkpoints = new Map<number, string>();
  const put = (record: Record<string, unknown>, key: Key): string => {
    const line = sealEnvelope(record, key.jkt, options.forge?.(record) ? grantKey.sign : key.sign);
    ledger.push({ line, record });
    leaves.push(leafHash(line, p));
    return toBase64url(leafHash(line, p));
  };
  const collector = (record: Record<string, unknown>): void => {
    const full = { v: 1, col: entryKey.jkt, t: time(), gid, ...record };
    put(options.lieAsCollector?.(full) ?? full, entryKey);
  };
  const stranger = (): void => {
    for (let i = 0; i < strangers; i++) collector({ typ: 'policy', gid: null, policy: hash(`other ${ledger.length}`) });
  };
  const acknowledge = (): { size: number; root: string } => {
    const size = leaves.length;
    const root = rootOf(size, readerOfLeaves(leaves, p), p);
    checkpoints.set(size, signCheckpoint({ origin, size, root }, noteSigner));
    return { size, root: toBase64url(root) };
  };

  const nonce = options.token?.nonce ?? bindingNonce(device.jkt, salt, p);
  const claims = {
    iss: 'https://login.test',
    sub: 'amira',
    aud: 'vitrine',
    iat: now / 1000,
    exp: now / 1000 + 3600,
    nonce,
  };
  const { alg } = options.token ?? {};
  const foreign = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signToken = (data: Uint8Array): Uint8Array =>
    alg === 'none'
      ? new Uint8Array(0)
      : crypto.sign('sha256', data, (alg === 'foreign' ? foreign : provider).privateKey);
  const idToken = jws({ alg: alg === 'none' ? 'none' : 'RS256', kid: 'k1' }, claims, signToken);
  const amira = { sub: 'amira', name: 'Amira Haddad', idt: hash(idToken) };
  const request = { dev: device.jkt, target: 'orders', scope: 'support-read', severity: 'SEV1', ticket: 'INC-4711' };
  const reason = 'Orders are stuck in processing';
  collector({ typ: 'request', by: amira, ...request, reason, minutes: 30, alone: true, policy });
  stranger();
  const limits: GrantClaims['limits'] = {
    max_rows: 1000,
    max_bytes: 1_000_000,
    statement_timeout_ms: 60_000,
    idle_tx_timeout_ms: 60_000,
    connections: 4,
    strict: false,
    max_unacked: 1000,
    max_age_s: 3600,
    unparsed: true,
    exports: true,
    local_port: true,
    port_dangerous: 'refuse',
  };
  const grantClaims: GrantClaims = {
    iss: 'https://collector.test',
    sub: 'amira',
    name: 'Amira Haddad',
    jti: gid,
    iat: Math.floor(now / 1000),
    nbf: Math.floor(now / 1000),
    exp: Math.floor(now / 1000) + 1800,
    cnf: { jkt: options.grantDevice ?? device.jkt },
    target: { id: 'orders', label: 'Orders', environment: 'production' },
    scope: {
      id: 'support-read',
      label: 'Support',
      mode: 'read',
      tables: [{ schema: 'shop', table: 'orders', select: '*' }],
    },
    severity: 'SEV1',
    ticket: 'INC-4711',
    reason,
    approvals: [{ sub: 'amira', name: 'Amira Haddad', alone: true, at: time() }],
    limits,
    policy,
  };
  const grant = jws({ alg: 'EdDSA', typ: 'vitrine-grant+jwt' }, grantClaims, grantKey.sign);
  collector({ typ: 'grant', jws: grant });
  collector({ typ: 'activation', role: 'v_1', tables: 1, until: time(), verified: true });

  const disclosures: { i: string; sql: string; par: string | null }[] = [];
  for (let devn = 0; devn < sessions; devn++) {
    const sid = id();
    let [seq, prev, from]: [number, string | null, number] = [0, null, 0];
    let ack = acknowledge();
    const record = (body: Record<string, unknown>): void => {
      const common = { v: 1, dev: device.jkt, devn, sid, seq, prev, t: time(), mono: seq * 10, gid, ack };
      const full = { ...common, ...body };
      prev = put(options.lie?.(full) ?? full, device);
      seq++;
    };
    const receipt = (): void => {
      collector({ typ: 'receipt', sid, from, to: seq - 1, head: prev });
      from = seq;
      stranger();
      ack = acknowledge();
    };
    const target = { id: 'orders', host: 'db.test', port: 5432, database: 'shop', role: 'v_1', server_version: '18.4' };
    record({
      typ: 'session.open',
      pub: device.jwk,
      grant: hash(grant),
      idt: hash(idToken),
      app: { version: '0.1.0', build: 'test' },
      target: { ...target, cert: null, pid: 1, client_port: 2 },
      limits,
    });
    for (let n = 0; n < statements; n++) {
      const i = id();
      const sql = commit('sql', id(), `select ${n}`, p);
      if (options.disclose && n === 0) disclosures.push({ i, sql: sql.disclosure, par: null });
      const text = { fp: '0123456789abcdef', norm: 'select $1', sql: sql.digest, par: null, size: 16 };
      record({ typ: 'intent', i, op: 'query', of: null, kind: 'select', n: 1, ...text, tx: 'idle', origin: 'user' });
      const done = { sqlstate: null, tag: 'SELECT 1', rows: 1, bytes: 8, start: seq * 10 - 5, end: seq * 10 };
      record({ typ: 'outcome', of: i, result: 'ok', ...done });
      if (n % 100 === 1) receipt();
    }
    record({
      typ: 'session.close',
      reason: 'handed_back',
      intents: statements,
      rows: statements,
      bytes: 8 * statements,
      delay: null,
    });
    receipt();
  }
  for (const { i } of disclosures) collector({ typ: 'disclosure', by: amira, of: i, reason: 'Review of the incident' });
  collector({ typ: 'revoked', by: null, why: 'handed_back', gone_ms: 40, terminated: 0 });
  stranger();
  const final = acknowledge();

  const read = readerOfLeaves(leaves, p);
  const mine = ledger
    .map(({ line, record }, index) => ({ line, record, index }))
    .filter(({ record }) => record.gid === gid && !(options.omit?.(record) ?? false));
  const acks = mine.flatMap(({ record }) => {
    const { ack } = record;
    return typeof ack === 'object' && ack !== null && 'size' in ack && typeof ack.size === 'number' ? [ack.size] : [];
  });
  const parts: BundleParts = {
    header: {
      gid,
      origin,
      vkey,
      grant_key: grantKey.jwk,
      entry_key: entryKey.jwk,
      policy,
      made: time(),
      size: final.size,
    },
    jwks: [
      {
        issuer: 'https://login.test',
        fetched: time(),
        keys: [{ kty: 'RSA', ...provider.publicKey.export({ format: 'jwk' }), kid: 'k1' }],
      },
    ],
    idTokens: [{ token: idToken, jkt: device.jkt, salt }],
    checkpoints: [...checkpoints.values()],
    consistency: consistencySizes([...checkpoints.keys(), ...acks], final.size).map((size) => ({
      from: size,
      proof: consistencyProof(size, final.size, read, p).map(toBase64url),
    })),
    disclosures: disclosures.sort((a, b) => (a.i < b.i ? -1 : 1)),
    entryCount: mine.length,
    entries: mine.map(({ line, index }) => ({
      index,
      entry: line,
      inclusion: inclusionProof(index, final.size, read, p).map(toBase64url),
    })),
  };
  return { lines: await listOf(writeBundle(parts, p)), parts, vkey };
}
