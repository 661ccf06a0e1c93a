import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { problem, receipt } from '../../shared/api.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { fromBase64url, toBase64url } from '../../shared/encoding.ts';
import { openCheckpoint } from '../../shared/tlog/checkpoint.ts';
import { rootOfLeaves, verifyConsistency, verifyInclusion } from '../../shared/tlog/merkle.ts';
import { decodeEntries, entriesPath, tilePath } from '../../shared/tlog/tile.ts';
import { primitives } from '../keys.ts';
import { newDevice, newId, openTestStack, type SignedInDevice, type TestStack } from '../testing.ts';
import { newSession, placeGrant, type SignedLine, type TestSession } from './test-session.ts';

let stack: TestStack;
let amira: SignedInDevice;
let grant: { gid: string; jws: string };
beforeAll(async () => {
  stack = await openTestStack();
}, 120_000);
afterAll(() => stack.stop());
beforeEach(async () => {
  amira = await stack.device('amira');
  grant = await placeGrant(stack.collector.deps, amira);
});

const ndjson = (lines: readonly SignedLine[]): string => lines.map((entry) => `${entry.line}\n`).join('');
const upload = (session: TestSession, lines: readonly SignedLine[] = session.lines, fromSize = 0, by = amira) =>
  by.call('POST', `/v1/sessions/${session.sid}/entries?from_size=${fromSize}`, ndjson(lines), {
    'content-type': 'application/x-ndjson',
  });
/** The session's lines with one more record, wrong in some way. */
const withAdded = (session: TestSession, ...record: Parameters<TestSession['add']>): string => {
  session.add(...record);
  return ndjson(session.lines);
};
const refusal = (answer: { body: string; statusCode: number }) => problem.parse(JSON.parse(answer.body));
const ledger = () => stack.collector.deps.ledger;
const leavesOf = async (size: number): Promise<Uint8Array[]> => {
  const rows = await stack.collector.deps.store
    .selectFrom('ledger_entries')
    .select(['index', 'leaf'])
    .where('index', '<', size)
    .orderBy('index')
    .execute();
  expect(rows.map((row) => row.index)).toEqual(rows.map((_row, i) => i));
  return rows.map((row) => row.leaf);
};

describe('a device’s upload', () => {
  it('is answered with a receipt that proves the last entry and the growth of the tree (I4)', async () => {
    const before = await ledger().head();
    const session = newSession(amira, grant);
    session.statement('select 1');
    const answer = await upload(session, session.lines, before.size);
    expect(answer.statusCode, answer.body).toBe(200);
    const got = receipt.parse(answer.json());
    expect(got).toMatchObject({ next_seq: 3, seq: 2 });
    const { deps } = stack.collector;
    const after = openCheckpoint(got.checkpoint, deps.keys.ledger.key, primitives);
    const last = session.lines.at(-1)?.leaf ?? '';
    const proof = got.inclusion.map(fromBase64url);
    expect(verifyInclusion(got.index, after.size, fromBase64url(last), proof, after.root, primitives)).toBe(true);
    const growth = got.consistency.map(fromBase64url);
    const old = fromBase64url(before.root);
    expect(verifyConsistency(before.size, after.size, old, after.root, growth, primitives)).toBe(true);
    expect(toBase64url(after.root)).toBe(toBase64url(rootOfLeaves(await leavesOf(after.size), primitives)));
  });

  it('keeps the exact lines in seq order, contiguous, with a receipt record behind them (I5)', async () => {
    const session = newSession(amira, grant);
    session.statement('select 1');
    const { index } = receipt.parse((await upload(session)).json());
    const entries = await ledger().entries(index - 2, index + 2);
    expect(entries.slice(0, 3).map((entry) => entry.line)).toEqual(session.lines.map((entry) => entry.line));
    expect(openEnvelope(entries[3]?.line ?? '').record).toMatchObject({
      typ: 'receipt',
      sid: session.sid,
      from: 0,
      to: 2,
      head: session.lines[2]?.leaf,
    });
    const ofGrant = await ledger().entriesOfGrant(grant.gid);
    expect(ofGrant.map((entry) => entry.index)).toEqual([index - 3, index - 2, index - 1, index, index + 1]);
  });

  it('accepts the same entries again with the same index, and adds nothing (I5)', async () => {
    const session = newSession(amira, grant);
    session.statement('select 1');
    const first = receipt.parse((await upload(session)).json());
    const { size } = await ledger().head();
    const again = receipt.parse((await upload(session)).json());
    expect(again).toMatchObject({ index: first.index, seq: 2, next_seq: 3 });
    expect((await ledger().head()).size).toBe(size);
    session.statement('select 2');
    const overlapping = receipt.parse((await upload(session, session.lines.slice(1))).json());
    expect(overlapping).toMatchObject({ seq: 4, next_seq: 5 });
    expect((await ledger().head()).size).toBe(size + 3);
  });

  it('answers a gap with where to resume (I5)', async () => {
    const session = newSession(amira, grant);
    session.statement('select 1');
    expect(refusal(await upload(session, session.lines.slice(1)))).toMatchObject({
      status: 409,
      code: 'gap',
      next_seq: 0,
      head: null,
    });
    await upload(session, session.lines.slice(0, 1));
    const answer = await upload(session, session.lines.slice(2));
    expect(refusal(answer)).toMatchObject({ status: 409, code: 'gap', next_seq: 1, head: session.lines[0]?.leaf });
    const head = await amira.call('GET', `/v1/sessions/${session.sid}`);
    expect(head.json()).toEqual({ next_seq: 1, head: session.lines[0]?.leaf });
  });

  it('keeps both of two entries at one place as proof of a fork, and says so once (I5)', async () => {
    const session = newSession(amira, grant);
    session.statement('select 1');
    await upload(session);
    const original = session.lines.splice(1);
    session.statement('select 2');
    for (const _twice of [1, 2]) {
      expect(refusal(await upload(session, session.lines.slice(1)))).toMatchObject({ status: 409, code: 'fork' });
    }
    const kept = await stack.collector.deps.store
      .selectFrom('forks')
      .selectAll()
      .where('sid', '=', session.sid)
      .execute();
    expect(kept).toMatchObject([{ seq: 1, kind: 'fork', line: session.lines[1]?.line }]);
    const records = (await ledger().entriesOfGrant(grant.gid)).map((entry) => openEnvelope(entry.line).record);
    const alerts = records.filter((record) => (record as { typ: string }).typ === 'alert');
    expect(alerts).toMatchObject([{ kind: 'fork', sid: session.sid, seq: 1 }]);
    session.lines.splice(1, 2, ...original);
    session.statement('select 3');
    expect((await upload(session)).statusCode).toBe(200);
  });

  it('keeps an entry that follows one the ledger does not have, as an orphan (I5)', async () => {
    const session = newSession(amira, grant);
    await upload(session);
    const orphan = session.add({ typ: 'heartbeat', unacked: 0, idle: 0 }, { prev: toBase64url(new Uint8Array(32)) });
    expect(refusal(await upload(session, [orphan]))).toMatchObject({ status: 409, code: 'orphan' });
  });

  it('tells a client that has seen a larger tree that this one is behind (I5)', async () => {
    const session = newSession(amira, grant);
    expect(refusal(await upload(session, session.lines, 1_000_000))).toMatchObject({
      status: 409,
      code: 'ledger_behind',
    });
  });

  it('stores many sessions at once, each in order, in one tree (I5)', async () => {
    const sessions = Array.from({ length: 8 }, () => newSession(amira, grant));
    await Promise.all(
      sessions.map(async (session) => {
        for (let i = 0; i < 5; i++) {
          const from = session.lines.length;
          session.statement(`select ${i}`);
          const answer = await upload(session, session.lines.slice(i === 0 ? 0 : from));
          expect(answer.statusCode, answer.body).toBe(200);
        }
      }),
    );
    const { size, root } = await ledger().head();
    expect(toBase64url(rootOfLeaves(await leavesOf(size), primitives))).toBe(root);
    for (const session of sessions) {
      const rows = await stack.collector.deps.store
        .selectFrom('ledger_entries')
        .select('line')
        .where('sid', '=', session.sid)
        .orderBy('index')
        .execute();
      expect(rows.map((row) => row.line)).toEqual(session.lines.map((entry) => entry.line));
    }
  });
});

describe('a batch that is refused stores nothing and names the line (I6)', () => {
  const cases: [string, number, string, string, (session: TestSession) => string][] = [
    [
      'an unknown key',
      400,
      'bad_entry',
      'line 2: extra',
      (s) => withAdded(s, { typ: 'heartbeat', unacked: 0, idle: 0, extra: 1 }),
    ],
    [
      'a negative count',
      400,
      'bad_entry',
      'line 2: unacked',
      (s) => withAdded(s, { typ: 'heartbeat', unacked: -1, idle: 0 }),
    ],
    [
      'another session',
      400,
      'bad_entry',
      'line 2: sid',
      (s) => withAdded(s, { typ: 'heartbeat', unacked: 0, idle: 0 }, { sid: newId() }),
    ],
    [
      'a hole inside',
      400,
      'bad_entry',
      'line 2: seq',
      (s) => withAdded(s, { typ: 'heartbeat', unacked: 0, idle: 0 }, { seq: 2 }),
    ],
    [
      'a broken chain inside',
      400,
      'bad_entry',
      'line 2: prev',
      (s) => withAdded(s, { typ: 'heartbeat', unacked: 0, idle: 0 }, { prev: s.sid.padEnd(43, 'A') }),
    ],
    [
      'another grant inside',
      400,
      'bad_entry',
      'line 2: gid',
      (s) => withAdded(s, { typ: 'heartbeat', unacked: 0, idle: 0 }, { gid: newId() }),
    ],
    [
      'a key that did not sign',
      400,
      'bad_entry',
      'line 2: dev',
      (s) => withAdded(s, { typ: 'heartbeat', unacked: 0, idle: 0 }, {}, newDevice()),
    ],
    ['a collector record', 400, 'bad_entry', 'line 2: typ', (s) => withAdded(s, { typ: 'receipt' })],
    [
      'a flipped bit',
      400,
      'bad_entry',
      'line 1: signatures',
      (s) => ndjson(s.lines).replace(/"sig":"./, (sig) => `"sig":"${sig.endsWith('A') ? 'B' : 'A'}`),
    ],
    [
      'a space in the envelope',
      400,
      'bad_entry',
      'line 1',
      (s) => ndjson(s.lines).replace('{"payload"', '{ "payload"'),
    ],
    ['no line', 400, 'empty_batch', 'body', () => ''],
    ['257 lines', 413, 'batch_too_large', 'body', (s) => ndjson(s.lines).repeat(257)],
    ['an endless line', 400, 'bad_entry', 'line 1', () => 'x'.repeat(20_000)],
  ];
  it.each(cases)('%s', async (_name, status, code, field, body) => {
    const session = newSession(amira, grant);
    const { size } = await ledger().head();
    const answer = await amira.call('POST', `/v1/sessions/${session.sid}/entries`, body(session), {
      'content-type': 'application/x-ndjson',
    });
    expect(refusal(answer)).toMatchObject({ status, code, field });
    expect((await ledger().head()).size).toBe(size);
  });

  it('a megabyte and more', async () => {
    const session = newSession(amira, grant);
    const answer = await amira.call('POST', `/v1/sessions/${session.sid}/entries`, 'x'.repeat(1024 * 1024 + 1), {
      'content-type': 'application/x-ndjson',
    });
    expect(refusal(answer)).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it('JSON instead of lines', async () => {
    const session = newSession(amira, grant);
    expect(refusal(await amira.call('POST', `/v1/sessions/${session.sid}/entries`, {}))).toMatchObject({ status: 415 });
  });
});

describe('a session that may not begin (I4)', () => {
  it.each([
    ['a grant that does not exist', { gid: newId() }, 'unknown_grant', 'gid'],
    ['another grant document', { grant: toBase64url(new Uint8Array(32)) }, 'unknown_grant', 'grant'],
    ['an ID token that was never seen', { idt: toBase64url(new Uint8Array(32)) }, 'unknown_id_token', 'idt'],
    ['a public key that is not the device’s', { pub: newDevice().jwk }, 'bad_device_key', 'pub'],
  ])('names %s', async (_name, change, code, field) => {
    const session = newSession(amira, grant, change);
    expect(refusal(await upload(session))).toMatchObject({ status: 403, code, field: `line 1: ${field}` });
  });

  it('is signed by a device of another person', async () => {
    const lina = await stack.device('lina');
    const session = newSession(lina, await placeGrant(stack.collector.deps, lina));
    expect(refusal(await upload(session))).toMatchObject({ status: 403, code: 'unknown_device' });
  });

  it('belongs to another person once it has begun', async () => {
    const session = newSession(amira, grant);
    await upload(session);
    const lina = await stack.device('lina');
    expect(refusal(await upload(session, session.lines, 0, lina))).toMatchObject({
      status: 403,
      code: 'foreign_session',
    });
    expect(refusal(await lina.call('GET', `/v1/sessions/${session.sid}`))).toMatchObject({ status: 403 });
  });

  it('but another device of the same person may deliver it (I5)', async () => {
    const session = newSession(amira, grant);
    const second = await stack.device('amira');
    expect((await upload(session, session.lines, 0, second)).statusCode).toBe(200);
  });
});

describe('sealed texts', () => {
  it('are kept only when they match the commitment, encrypted, and open again (I4, I8)', async () => {
    const session = newSession(amira, grant);
    const { intent, sql } = session.statement('select secret from vault');
    await upload(session);
    const send = (item: object) =>
      amira.call('POST', `/v1/sessions/${session.sid}/disclosures`, `${JSON.stringify(item)}\n`, {
        'content-type': 'application/x-ndjson',
      });
    const other = newSession(amira, grant).statement('select 2').sql;
    expect(refusal(await send({ i: intent, sql: other, par: null }))).toMatchObject({
      status: 422,
      code: 'commitment_mismatch',
      field: 'line 1: sql',
    });
    expect(refusal(await send({ i: newId(), sql, par: null }))).toMatchObject({ status: 409, code: 'unknown_intent' });
    expect((await send({ i: intent, sql, par: null })).statusCode).toBe(204);
    expect((await send({ i: intent, sql, par: null })).statusCode).toBe(204);
    const { seals, store } = stack.collector.deps;
    expect(await seals.open(intent)).toEqual({ sql, par: null });
    expect(await seals.held([intent, newId()])).toEqual(new Set([intent]));
    const row = await store
      .selectFrom('disclosures')
      .select('sealed')
      .where('intent', '=', intent)
      .executeTakeFirstOrThrow();
    expect(row.sealed.toString('latin1')).not.toContain(sql.slice(0, 20));
  });
});

describe('the public face of the ledger', () => {
  it('serves checkpoint and tiles from which anyone rebuilds the root, and entries to reviewers only (I4)', async () => {
    const { app } = stack.collector;
    const records = Array.from({ length: 300 }, (_, i) => ({
      typ: 'alert' as const,
      gid: null,
      kind: 'test',
      sid: null,
      seq: null,
      detail: `entry ${i}`,
    }));
    await ledger().append(records);
    const note = (await app.inject('/ledger/checkpoint')).body;
    const { size, root } = openCheckpoint(note, stack.collector.deps.keys.ledger.key, primitives);
    const leaves: Uint8Array[] = [];
    for (let index = 0; index * 256 < size; index++) {
      const width = Math.min(256, size - index * 256);
      const tile = await app.inject(`/ledger/${tilePath({ level: 0, index, width })}`);
      expect(tile.statusCode).toBe(200);
      for (let i = 0; i < width; i++) leaves.push(tile.rawPayload.subarray(32 * i, 32 * i + 32));
    }
    expect(toBase64url(rootOfLeaves(leaves, primitives))).toBe(toBase64url(root));
    const above = await app.inject(`/ledger/${tilePath({ level: 1, index: 0, width: Math.floor(size / 256) })}`);
    expect(above.rawPayload.subarray(0, 32)).toEqual(Buffer.from(rootOfLeaves(leaves.slice(0, 256), primitives)));

    const bundle = `/ledger/${entriesPath(0, 256)}`;
    expect((await app.inject(bundle)).statusCode).toBe(401);
    expect((await (await stack.browser('amira')).call('GET', bundle)).statusCode).toBe(403);
    const read = await (await stack.browser('ingrid')).call('GET', bundle);
    const entries = await ledger().entries(0, 256);
    expect(decodeEntries(read.rawPayload)).toEqual(entries.map((entry) => entry.line));
    for (const path of ['tile/0/999', 'tile/0/000.p/0', 'tile/0/0', 'tile/0/000.p/256', 'tile/64/000', 'tile/x']) {
      expect((await app.inject(`/ledger/${path}`)).statusCode, path).toBe(404);
    }
  });

  it('proves every entry in every tree size around the tile borders (I4)', async () => {
    const { size } = await ledger().head();
    const leaves = await leavesOf(size);
    for (const at of [1, 2, 3, 255, 256, 257, size - 1, size]) {
      const root = rootOfLeaves(leaves.slice(0, at), primitives);
      for (const index of [0, Math.floor(at / 2), at - 1]) {
        const proof = (await ledger().inclusion(index, at)).map(fromBase64url);
        const leaf = leaves[index] ?? new Uint8Array();
        expect(verifyInclusion(index, at, leaf, proof, root, primitives), `${index} of ${at}`).toBe(true);
      }
      const growth = (await ledger().consistency(at, size)).map(fromBase64url);
      const newest = rootOfLeaves(leaves, primitives);
      expect(verifyConsistency(at, size, root, newest, growth, primitives), `from ${at}`).toBe(true);
    }
  });
});

describe('what was acknowledged', () => {
  it('is there after a restart, and the tree goes on from it (I5)', async () => {
    const session = newSession(amira, grant);
    session.statement('select 1');
    const before = receipt.parse((await upload(session)).json());
    await stack.restart();
    const head = await ledger().head();
    expect(head.note).toBe(before.checkpoint);
    const known = openCheckpoint(before.checkpoint, stack.collector.deps.keys.ledger.key, primitives);
    session.statement('select 2');
    const after = receipt.parse((await upload(session, session.lines.slice(3), known.size)).json());
    const { size, root } = openCheckpoint(after.checkpoint, stack.collector.deps.keys.ledger.key, primitives);
    const growth = after.consistency.map(fromBase64url);
    expect(verifyConsistency(known.size, size, known.root, root, growth, primitives)).toBe(true);
  });

  it('cannot be changed or removed by a statement on the database (I5)', async () => {
    const { store } = stack.collector.deps;
    await expect(store.updateTable('ledger_entries').set({ line: 'x' }).execute()).rejects.toThrow(/append-only/);
    await expect(store.deleteFrom('ledger_checkpoints').execute()).rejects.toThrow(/append-only/);
  });

  it('is not continued when the store was tampered with: the collector refuses to start (I5, I6)', async () => {
    const { store } = stack.collector.deps;
    const { sql } = await import('kysely');
    await sql`alter table ledger_entries disable trigger append_only`.execute(store);
    const { size } = await ledger().head();
    const flip = () =>
      sql`update ledger_entries set leaf = set_byte(leaf, 0, get_byte(leaf, 0) # 1) where index = ${size - 1}`.execute(
        store,
      );
    await flip();
    const broken = stack.restart();
    await expect(broken).rejects.toMatchObject({ code: 'ledger_broken' });
    const { openStore } = await import('../store/index.ts');
    const repair = await openStore(stack.config.databaseUrl, () => undefined);
    await sql`update ledger_entries set leaf = set_byte(leaf, 0, get_byte(leaf, 0) # 1) where index = ${size - 1}`.execute(
      repair.store,
    );
    await sql`alter table ledger_entries enable trigger append_only`.execute(repair.store);
    await repair.close();
    await stack.restart();
  });

  it('stands or falls with the state that was written beside it (I5)', async () => {
    const { size } = await ledger().head();
    const failing = ledger().append([{ typ: 'policy', gid: null, policy: toBase64url(new Uint8Array(32)) }], () =>
      Promise.reject(new Error('state refused')),
    );
    const fine = ledger().append([{ typ: 'policy', gid: null, policy: toBase64url(new Uint8Array(32)) }]);
    await expect(failing).rejects.toThrow('state refused');
    expect(await fine).toMatchObject([{ index: size }]);
    expect((await ledger().head()).size).toBe(size + 1);
  });
});
