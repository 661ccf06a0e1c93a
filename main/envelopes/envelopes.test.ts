import * as crypto from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { x25519 } from '@noble/curves/ed25519.js';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEnvelope, verifyEnvelope } from '../../shared/audit/envelope.ts';
import { envelopeOpened, publicJwk } from '../../shared/audit/records.ts';
import { fromBase64url, toBase64url, utf8 } from '../../shared/encoding.ts';
import { OPENING_KEY, respond, SLOTS, spell } from '../../shared/envelope.ts';
import { sealCrypto } from '../../shared/envelope-crypto.ts';
import { newOpeningKey, seal, sealKeyStatement } from '../../shared/envelope-seal.ts';
import { Fault } from '../../shared/errors.ts';
import type { GrantClaims } from '../../shared/grants.ts';
import { nodePrimitives } from '../../shared/primitives.ts';
import { verifyGrant } from '../grants/grant-token.ts';
import { type DeviceKey, memoryVault } from '../identity/index.ts';
import { Envelopes, type EnvelopesOptions } from './index.ts';

const c = sealCrypto(crypto, x25519);
const p = nodePrimitives(crypto);
const sha256 = (text: string): string => crypto.createHash('sha256').update(text).digest('base64url');
const T0 = Date.parse('2026-11-23T14:00:00.000Z');
const DAY = 86_400_000;
const collectorKey = crypto.generateKeyPairSync('ed25519');
const grantKey = publicJwk.parse(collectorKey.publicKey.export({ format: 'jwk' }));
const inside = {
  host: 'db',
  port: 5432,
  database: 'shop',
  user: 'vitrine_abcdefgh',
  password: 'sésame',
  tls: { mode: 'disable', ca: '', server_name: 'db' },
};

let key: DeviceKey;
let dir: string;
let wall: number;
const told: { record: string; live: boolean }[] = [];
let away = false;
let answer: { state: 'active' | 'ended'; end_reason: 'revoked' | 'handed_back' | null } = {
  state: 'active',
  end_reason: null,
};
const ended: string[] = [];
const open: Envelopes[] = [];
const reasons = { ticket: 'INC-4711', reason: 'Nothing answers and orders are stuck' };

async function deviceKey(): Promise<DeviceKey> {
  const vault = memoryVault();
  await vault.choose({ kind: 'memory' });
  return vault.open();
}
function device(changes: Partial<EnvelopesOptions> = {}): Envelopes {
  const one = new Envelopes({
    dir,
    key,
    clock: { wall: () => wall, mono: () => performance.now() },
    ack: () => ({ size: 0, root: sha256('') }),
    verifyGrant,
    report: async (_api, record, live) => {
      if (away) throw new Fault('collector_unreachable', 'The collector cannot be reached.');
      told.push({ record, live });
      return { ...answer, gone_ms: null, review_due_at: null };
    },
    onEnded: (id) => ended.push(id),
    everyMs: 20,
    ...changes,
  });
  open.push(one);
  return one;
}

/** A collector that holds one envelope for this device; answers with the opening key, too. */
async function sealed(of: DeviceKey = key) {
  const recipient = c.x25519.publicOf(of.derive('envelope-x25519'));
  const id = toBase64url(c.random(16));
  const claims: GrantClaims = {
    iss: 'https://collector.test',
    sub: 'amira',
    name: 'Amira Haddad',
    jti: id,
    iat: T0 / 1000,
    nbf: T0 / 1000,
    exp: (T0 + 7 * DAY) / 1000,
    cnf: { jkt: of.thumbprint },
    target: { id: 'orders', label: 'Orders', environment: 'production' },
    scope: { id: 'read', label: 'Read', mode: 'read', tables: [{ schema: 's', table: 't', select: '*' }] },
    severity: 'SEV1',
    ticket: 'OFFLINE-0',
    reason: 'On call this week',
    approvals: ['lina', 'ingrid'].map((sub) => ({ sub, name: sub, alone: false, at: new Date(T0).toISOString() })),
    limits: {
      max_rows: 1,
      max_bytes: 1,
      statement_timeout_ms: 1,
      idle_tx_timeout_ms: 1,
      connections: 1,
      strict: false,
      max_unacked: 1,
      max_age_s: 1,
      unparsed: false,
      exports: false,
      local_port: false,
      port_dangerous: 'refuse',
    },
    policy: sha256('policy'),
    offline: { minutes: 15 },
  };
  const grant = await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'vitrine-grant+jwt' })
    .sign(collectorKey.privateKey);
  const openingKey = newOpeningKey(c);
  const content = utf8(JSON.stringify(inside));
  const envelope = await seal({ id, dev: of.thumbprint, grant: sha256(grant), recipient, openingKey, content }, c);
  const keys: { x: string; sig: string }[] = [];
  const source = {
    discovery: { api: 'https://collector.test/v1', grant_key: grantKey },
    tellEnvelopeKey: async (x: string, sig: string) => void keys.push({ x, sig }),
    envelopes: async () => ({
      envelopes: [{ id, grant, sealed: envelope, idt: sha256('token') }],
      now: new Date(T0).toISOString(),
    }),
  };
  const codeFor = async (challenge: string): Promise<string> => {
    const said = await respond(spell(openingKey, OPENING_KEY), challenge, c.hkdf);
    if (said.kind !== 'code') throw new Error(said.kind);
    return said.code;
  };
  return { id, source, keys, codeFor, grant };
}
const stateOf = async (one: Envelopes) => (await one.list()).map(({ state }) => state);
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  );

beforeEach(async () => {
  key = await deviceKey();
  dir = join(mkdtempSync(join(tmpdir(), 'vitrine-envelopes-')), 'envelopes');
  wall = T0 + 60_000;
  away = true;
  answer = { state: 'active', end_reason: null };
  told.length = 0;
  ended.length = 0;
});
afterEach(() => {
  for (const one of open.splice(0)) one.stop();
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

describe('an envelope on its device', () => {
  it('tells a key that the device key has signed, and keeps what it fetches unreadable (I8)', async () => {
    const { source, keys, id } = await sealed();
    await device().fetch(source);
    const [said] = keys;
    if (said === undefined) throw new Error('want a key');
    expect(p.verify(key.publicJwk, sealKeyStatement(key.thumbprint, said.x), fromBase64url(said.sig))).toBe(true);
    const text = readFileSync(join(dir, `${id}.sealed`), 'utf8');
    expect(Buffer.from(text, 'base64').toString('latin1')).not.toContain('orders');
    // Another device's key reads nothing of it.
    expect(await device({ key: await deviceKey() }).list()).toEqual([]);
  });

  it('opens once, with the code for the challenge that was shown, and records that first (I5)', async () => {
    const { source, id, codeFor, grant } = await sealed();
    const one = device();
    await one.fetch(source);
    expect(await stateOf(one)).toEqual(['sealed']);
    const stale = await codeFor(await one.challenge(id));
    const code = await codeFor(await one.challenge(id));
    expect(await refusal(one.open({ id, code: stale, ...reasons }))).toBe('wrong_code');
    expect(readdirSync(dir).some((name) => name.endsWith('.opened'))).toBe(false);

    const opened = await one.open({ id, code: code.toLowerCase().replaceAll('-', ' '), ...reasons });
    expect(opened).toMatchObject({ connection: inside, grant, totalMs: 15 * 60_000, claims: { ...reasons, jti: id } });
    expect(opened.claims.exp).toBe((T0 + 60_000) / 1000 + 15 * 60);
    const { record } = JSON.parse(readFileSync(join(dir, `${id}.opened`), 'utf8'));
    const envelope = openEnvelope(record);
    expect(verifyEnvelope(envelope, key.publicJwk, p)).toBe(true);
    expect(envelopeOpened.parse(envelope.record)).toMatchObject({ gid: id, ...reasons, grant: sha256(grant) });
    // Nothing is left that could be opened, now or after a restart, or when it is delivered once more.
    expect(readdirSync(dir)).toEqual([`${id}.opened`]);
    expect(await refusal(one.open({ id, code, ...reasons }))).toBe('envelope_used');
    const again = device();
    await again.fetch(source);
    expect(await refusal(again.challenge(id))).toBe('envelope_used');
    expect(await stateOf(again)).toEqual(['used']);
  });

  it('says which group is mistyped and uses nothing up', async () => {
    const { source, id, codeFor } = await sealed();
    const one = device();
    await one.fetch(source);
    const code = await codeFor(await one.challenge(id));
    const wrong = code.slice(0, 6) + (code[6] === 'Z' ? 'Y' : 'Z') + code.slice(7);
    await expect(one.open({ id, code: wrong, ...reasons })).rejects.toThrow('Group 2 of the code is mistyped.');
    await expect(one.open({ id, code: code.slice(1), ...reasons })).rejects.toThrow('24 were typed');
    expect(await refusal(one.open({ id, code, ...reasons }))).toBe('none');
  });

  it('does not open after its days, nor with a clock that was set back before it was fetched (I3)', async () => {
    const { source, id } = await sealed();
    const one = device();
    await one.fetch(source);
    wall = T0 + 7 * DAY;
    expect(await refusal(one.challenge(id))).toBe('envelope_expired');
    wall = T0 - 10 * 60_000;
    expect(await refusal(one.challenge(id))).toBe('clock_behind');
    expect(await stateOf(one)).toEqual(['clock']);
  });

  it('lasts no longer than its days, however late it is opened (I3)', async () => {
    const { source, id, codeFor } = await sealed();
    const one = device();
    await one.fetch(source);
    wall = T0 + 7 * DAY - 60_000;
    const { totalMs } = await one.open({ id, code: await codeFor(await one.challenge(id)), ...reasons });
    expect(totalMs).toBe(60_000);
  });

  it('shows every challenge once, and then no more', async () => {
    const { source, id } = await sealed();
    const one = device();
    await one.fetch(source);
    const shown = new Set<string>();
    for (let n = 0; n < SLOTS; n++) shown.add(await one.challenge(id));
    expect(shown.size).toBe(SLOTS);
    expect(await refusal(device().challenge(id))).toBe('envelope_spent');
  });

  it('opens once, also when it is asked twice in the same moment (I3)', async () => {
    const { source, id, codeFor } = await sealed();
    const one = device();
    await one.fetch(source);
    const code = await codeFor(await one.challenge(id));
    const both = await Promise.allSettled([1, 2].map(() => one.open({ id, code, ...reasons })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'envelope_used' } });
    expect(readdirSync(dir)).toEqual([`${id}.opened`]);
  });

  it('is not kept from telling of one opening by another that a bad disk took (I5)', async () => {
    const { source, id, codeFor } = await sealed();
    const one = device();
    await one.fetch(source);
    await one.open({ id, code: await codeFor(await one.challenge(id)), ...reasons });
    const lost = toBase64url(c.random(16));
    writeFileSync(join(dir, `${lost}.opened`), '{"v":1,');
    away = false;
    await one.reportAll();
    expect(new Set(told.map(({ record }) => record)).size).toBe(1);
    expect(await refusal(one.challenge(lost))).toBe('envelope_damaged');
  });

  it('lets go of what the collector has withdrawn, and of a file that was tampered with', async () => {
    const { source, id } = await sealed();
    const one = device();
    await one.fetch(source);
    const path = join(dir, `${id}.sealed`);
    const bytes = Buffer.from(readFileSync(path, 'utf8'), 'base64');
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(path, bytes.toString('base64'));
    expect(await refusal(one.challenge(id))).toBe('no_envelope');
    await one.fetch(source);
    expect(await stateOf(one)).toEqual(['sealed']);
    await one.fetch({ ...source, envelopes: async () => ({ envelopes: [], now: new Date(T0).toISOString() }) });
    expect(await stateOf(one)).toEqual([]);
  });

  it('takes no envelope whose grant is not signed by the collector, or is for another device (I4)', async () => {
    const { source } = await sealed(await deviceKey());
    expect(await refusal(device().fetch(source))).toBe('grant_invalid');
    const own = await sealed();
    const stranger = publicJwk.parse(crypto.generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }));
    const forged = { ...own.source, discovery: { ...own.source.discovery, grant_key: stranger } };
    expect(await refusal(device().fetch(forged))).toBe('grant_invalid');
  });
});

describe('telling of it', () => {
  const opened = async (one: Envelopes) => {
    const { source, id, codeFor } = await sealed();
    await one.fetch(source);
    await one.open({ id, code: await codeFor(await one.challenge(id)), ...reasons });
    return id;
  };

  it('goes on until the collector has heard, also after a restart, and holds uploads back until then (I5)', async () => {
    const one = device();
    const id = await opened(one);
    expect(await refusal(one.reportAll())).toBe('collector_unreachable');
    one.stop();
    const again = device();
    expect((await again.list())[0]?.used).toMatchObject({ heard: false });
    away = false;
    await expect.poll(async () => (await again.list())[0]?.used?.heard).toBe(true);
    await again.reportAll();
    expect(told.map(({ live }) => live)).toEqual([false]);
    expect(readdirSync(dir).sort()).toEqual([`${id}.heard`, `${id}.opened`]);
  });

  it('says while somebody works under it, and notices when it was ended over there (I3)', async () => {
    const one = device();
    away = false;
    const id = await opened(one);
    await expect.poll(() => told.at(-1)?.live).toBe(true);
    answer = { state: 'ended', end_reason: 'revoked' };
    await expect.poll(() => ended.length).toBeGreaterThan(0);
    expect(ended[0]).toBe(id);
    await one.end(id);
    expect(told.at(-1)?.live).toBe(false);
  });
});
