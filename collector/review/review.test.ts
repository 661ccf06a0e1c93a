import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import {
  activation,
  disclosure,
  problem,
  type QueueItem,
  queueItem,
  requestView,
  reviewGrant,
} from '../../shared/api.ts';
import { bundleLine } from '../../shared/audit/bundle.ts';
import { leafHash, openEnvelope } from '../../shared/audit/envelope.ts';
import { collectorRecord } from '../../shared/audit/records.ts';
import { type VerifyOptions, verifyBundle } from '../../shared/audit/verify-bundle.ts';
import { fromBase64url, toBase64url } from '../../shared/encoding.ts';
import { openCheckpoint } from '../../shared/tlog/checkpoint.ts';
import { verifyConsistency, verifyInclusion } from '../../shared/tlog/merkle.ts';
import { registerGrants } from '../grants/index.ts';
import { policyFor, wanted } from '../grants/testing.ts';
import { primitives } from '../keys.ts';
import { newSession, type TestSession } from '../ledger/test-session.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../targets/testing.ts';
import { openTestStack, type SignedInBrowser, type SignedInDevice, type TestStack } from '../testing.ts';
import { registerReview } from './index.ts';

let target: TestTarget;
let stack: TestStack;
let amira: SignedInDevice;
let lina: SignedInBrowser;
let ingrid: SignedInBrowser;

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  stack = await openTestStack({
    rooms: [(app, deps) => registerGrants(app, deps), registerReview],
    policy: () => policyFor(target, server.caFile),
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl }),
  });
  [amira, lina, ingrid] = await Promise.all([stack.device('amira'), stack.browser('lina'), stack.browser('ingrid')]);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await target?.stop();
});

const ledger = () => stack.collector.deps.ledger;
const ndjson = (lines: readonly { line: string }[]): string => lines.map((entry) => `${entry.line}\n`).join('');
const refusal = (answer: { body: string }) => problem.parse(JSON.parse(answer.body));
const read = async (id: string) => {
  const answer = await ingrid.call('GET', `/v1/review/grants/${id}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return reviewGrant.parse(answer.json());
};
const types = async (gid: string): Promise<string[]> =>
  (await ledger().entriesOfGrant(gid)).map(({ line }) => String(Reflect.get(Object(openEnvelope(line).record), 'typ')));

async function upload(session: TestSession, from = 0): Promise<void> {
  const answer = await amira.call('POST', `/v1/sessions/${session.sid}/entries`, ndjson(session.lines.slice(from)), {
    'content-type': 'application/x-ndjson',
  });
  expect(answer.statusCode, answer.body).toBe(200);
}

/** A grant with one session: a read, and an update that was committed. Still live. */
async function worked(devn: number) {
  const request = requestView.parse((await amira.call('POST', '/v1/requests', wanted())).json());
  const granted = activation.parse((await amira.call('POST', `/v1/requests/${request.id}/activate`)).json());
  const session = newSession(amira, { gid: request.id, jws: granted.grant }, { devn });
  const add = (fields: Record<string, unknown>) =>
    session.add({ mono: session.lines.length * 100, ...fields }, { devn });
  const intent = (i: string, kind: string, norm: string, tx: string) =>
    add({
      typ: 'intent',
      i,
      op: 'query',
      of: null,
      kind,
      n: 1,
      fp: null,
      norm,
      sql: null,
      par: null,
      size: 16,
      tx,
      origin: 'user',
    });
  const outcome = (of: string, changes: Record<string, unknown>) =>
    add({
      typ: 'outcome',
      of,
      result: 'ok',
      sqlstate: null,
      tag: null,
      rows: 0,
      bytes: 0,
      start: session.lines.length * 100 - 28,
      end: session.lines.length * 100 - 10,
      ...changes,
    });
  const id = (n: number): string => `${devn}${n}`.padEnd(22, 'A');
  intent(id(1), 'select', 'select * from shop.orders where status = $1', 'idle');
  outcome(id(1), { tag: 'SELECT 37', rows: 37, bytes: 900 });
  intent(id(2), 'select', 'select * from shop.card_tokens', 'idle');
  outcome(id(2), { result: 'error', sqlstate: '42501' });
  intent(id(3), 'transaction', 'begin', 'idle');
  outcome(id(3), { tag: 'BEGIN' });
  intent(id(4), 'update', 'update shop.orders set status = $1', 'transaction');
  outcome(id(4), { tag: 'UPDATE 37' });
  intent(id(5), 'transaction', 'commit', 'transaction');
  outcome(id(5), { tag: 'COMMIT' });
  intent(id(6), 'transaction', 'begin', 'idle');
  outcome(id(6), { tag: 'BEGIN' });
  intent(id(7), 'update', 'update shop.orders set status = $1', 'transaction');
  outcome(id(7), { tag: 'UPDATE 20' });
  intent(id(8), 'transaction', 'rollback', 'transaction');
  outcome(id(8), { tag: 'ROLLBACK' });
  return { gid: request.id, session, add, statements: [1, 2, 3, 4, 5, 6, 7, 8].map(id) };
}
const close = (add: (fields: Record<string, unknown>) => unknown) =>
  add({ typ: 'session.close', reason: 'handed_back', intents: 8, rows: 37, bytes: 900, delay: null });
const handBack = (gid: string) => amira.call('POST', `/v1/requests/${gid}/end`);
const signOff = (gid: string, seen: number, changes: Record<string, unknown> = {}) =>
  ingrid.call('POST', `/v1/review/grants/${gid}/sign-off`, {
    outcome: 'accepted',
    note: 'as announced',
    verdicts: {},
    seen,
    ...changes,
  });

describe('the review of a grant', () => {
  it('shows everything that happened, in the order of the ledger, with its numbers (I4)', async () => {
    const { gid, session, add, statements } = await worked(0);
    close(add);
    await upload(session);
    await handBack(gid);
    const { item, timeline, denied, used_s, tree_size } = await read(gid);
    expect(timeline.map((entry) => entry.kind)).toEqual([
      'request',
      'decision',
      'grant',
      'activation',
      'session',
      ...statements.map(() => 'statement'),
      'session',
      'end',
    ]);
    expect(timeline.map((entry) => entry.index)).toEqual(
      timeline.map((entry) => entry.index).toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    );
    expect(item).toMatchObject({
      statements: 8,
      rows_read: 37,
      rows_changed: 37,
      alerts: 0,
      request: { review: { state: 'due' } },
    });
    expect([denied, used_s < 60]).toEqual([1, true]);
    expect(timeline[0]).toMatchObject({ by: 'Amira Haddad', alone: true });
    expect(timeline.find((entry) => entry.kind === 'activation')).toMatchObject({
      mode: 'write',
      tables: 1,
      verified: true,
    });
    expect(timeline.find((entry) => entry.kind === 'statement' && entry.statement === 'update')).toMatchObject({
      writes: true,
      outcome: { tag: 'UPDATE 37', ms: 18 },
    });
    expect(tree_size).toBeGreaterThan(timeline.at(-1)?.index ?? 0);
    const queue = (await ingrid.call('GET', '/v1/review/grants')).json<{ grants: QueueItem[] }>().grants;
    expect(queueItem.parse(queue.find((row) => row.request.id === gid))).toEqual(item);
  });

  it('is for reviewers only (I6)', async () => {
    for (const path of ['', `/${'A'.repeat(22)}`, `/${'A'.repeat(22)}/bundle`])
      expect(refusal(await lina.call('GET', `/v1/review/grants${path}`))).toMatchObject({
        status: 403,
        code: 'role_required',
      });
    expect(refusal(await amira.call('GET', '/v1/review/grants'))).toMatchObject({ status: 403 });
  });

  it('is signed off by an entry of its own, once everything was read (I5)', async () => {
    const { gid, session, add, statements } = await worked(1);
    await upload(session);
    const early = await read(gid);
    expect(refusal(await signOff(gid, early.tree_size))).toMatchObject({ status: 409, code: 'still_live' });
    await handBack(gid);
    const before = await read(gid);
    const uploaded = session.lines.length;
    close(add);
    await upload(session, uploaded);
    expect(refusal(await signOff(gid, before.tree_size))).toMatchObject({ status: 409, code: 'not_seen' });
    expect(await types(gid)).not.toContain('review');
    const now = await read(gid);
    expect(refusal(await signOff(gid, now.tree_size + 5))).toMatchObject({ status: 400, field: 'seen' });
    expect(refusal(await signOff(gid, now.tree_size, { verdicts: { ['Z'.repeat(22)]: 'wrong' } }))).toMatchObject({
      status: 400,
    });
    const verdicts = { [statements[1] ?? '']: 'ask' };
    const signed = reviewGrant.parse((await signOff(gid, now.tree_size, { verdicts })).json());
    expect(signed.item.request.review.state).toBe('signed');
    expect(signed.timeline.at(-1)).toMatchObject({ kind: 'review', by: 'Ingrid Solheim', outcome: 'accepted' });
    expect(signed.timeline.find((entry) => entry.kind === 'statement' && entry.intent === statements[1])).toMatchObject(
      { verdict: 'ask' },
    );
    const entries = await ledger().entriesOfGrant(gid);
    const record = collectorRecord.parse(openEnvelope(entries.at(-1)?.line ?? '').record);
    expect(record).toMatchObject({ typ: 'review', seen: now.tree_size, verdicts, by: { sub: 'ingrid' } });
  });

  it('leaves as a bundle whose proofs hold against its final checkpoint (I4)', async () => {
    const { gid, session, add } = await worked(3);
    close(add);
    await upload(session);
    await handBack(gid);
    const seen = (await read(gid)).tree_size;
    await signOff(gid, seen);
    const answer = await ingrid.call('GET', `/v1/review/grants/${gid}/bundle`);
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    const lines = answer.body
      .trimEnd()
      .split('\n')
      .map((line) => bundleLine.parse(JSON.parse(line)));
    const header = lines[0];
    const last = lines.findLast((line) => line.line === 'checkpoint');
    if (header?.line !== 'header' || last?.line !== 'checkpoint') throw new Error('want a header and a checkpoint');
    const final = openCheckpoint(last.note, stack.collector.deps.keys.ledger.key, primitives);
    expect(final.size).toBe(header.size);
    const entries = lines.flatMap((line) => (line.line === 'entry' ? [line] : []));
    for (const { index, entry, inclusion } of entries)
      expect(
        verifyInclusion(
          index,
          final.size,
          leafHash(entry, primitives),
          inclusion.map(fromBase64url),
          final.root,
          primitives,
        ),
      ).toBe(true);
    const typs = entries.map(({ entry }) => String(Reflect.get(Object(openEnvelope(entry).record), 'typ')));
    for (const typ of [
      'policy',
      'request',
      'decision',
      'grant',
      'activation',
      'session.open',
      'intent',
      'receipt',
      'revoked',
      'review',
    ])
      expect(typs).toContain(typ);
    const tokens = lines.flatMap((line) => (line.line === 'idtoken' ? [line] : []));
    expect(tokens.map((token) => token.jkt)).toEqual(expect.arrayContaining([amira.device.jkt, null]));
    expect(lines.some((line) => line.line === 'jwks')).toBe(true);
    expect(lines.at(-1)).toMatchObject({ line: 'end', counts: { entry: entries.length } });

    const verifyRsa: NonNullable<VerifyOptions['verifyRsa']> = ({ kty, n, e }, signed, signature) => {
      const key = createPublicKey({ key: { kty: String(kty), n: String(n), e: String(e) }, format: 'jwk' });
      return verify('sha256', signed, key, signature);
    };
    const report = await verifyBundle(answer.body.trimEnd().split('\n'), {
      p: primitives,
      verifyRsa,
      logKey: header.vkey,
    });
    expect(report.findings).toEqual([]);
  });

  it('proves every size that the device acknowledged (I4)', async () => {
    const before = await ledger().head();
    const { gid, session, add } = await worked(4);
    session.lines.length = 1;
    add({ typ: 'heartbeat', unacked: 0, idle: 0, ack: { size: before.size, root: before.root } });
    await upload(session);
    await handBack(gid);
    const answer = await ingrid.call('GET', `/v1/review/grants/${gid}/bundle`);
    const lines = answer.body
      .trimEnd()
      .split('\n')
      .map((line) => bundleLine.parse(JSON.parse(line)));
    const proof = lines.find((line) => line.line === 'consistency' && line.from === before.size);
    const last = lines.findLast((line) => line.line === 'checkpoint');
    if (proof?.line !== 'consistency' || last?.line !== 'checkpoint') throw new Error('want a consistency line');
    const final = openCheckpoint(last.note, stack.collector.deps.keys.ledger.key, primitives);
    const old = fromBase64url(before.root);
    expect(
      verifyConsistency(before.size, final.size, old, final.root, proof.proof.map(fromBase64url), primitives),
    ).toBe(true);
    const notes = lines.flatMap((line) => (line.line === 'checkpoint' ? [line.note] : []));
    expect(notes.map((note) => openCheckpoint(note, stack.collector.deps.keys.ledger.key, primitives).size)).toContain(
      before.size,
    );
    expect(toBase64url(final.root)).not.toBe(before.root);
  });
});

describe('a sealed text', () => {
  it('opens with a reason, after its disclosure entry, and is then part of the bundle (I4, I8)', async () => {
    const request = requestView.parse((await amira.call('POST', '/v1/requests', wanted())).json());
    const granted = activation.parse((await amira.call('POST', `/v1/requests/${request.id}/activate`)).json());
    const session = newSession(amira, { gid: request.id, jws: granted.grant }, {});
    const { intent, sql } = session.statement("select * from shop.orders where note = 'it was me'");
    await upload(session);
    const open = (body: unknown) => ingrid.call('POST', `/v1/review/statements/${intent}/open`, body);
    expect(refusal(await open({ reason: 'to understand it' }))).toMatchObject({ status: 404, code: 'not_held' });
    const sent = await amira.call(
      'POST',
      `/v1/sessions/${session.sid}/disclosures`,
      `${JSON.stringify({ i: intent, sql, par: null })}\n`,
      {
        'content-type': 'application/x-ndjson',
      },
    );
    expect(sent.statusCode, sent.body).toBeLessThan(300);
    expect(refusal(await open({ reason: 'short' }))).toMatchObject({ status: 400, field: 'reason' });
    expect(await types(request.id)).not.toContain('disclosure');
    const opened = disclosure.parse((await open({ reason: 'to understand it' })).json());
    expect(opened).toEqual({ sql: "select * from shop.orders where note = 'it was me'", parameters: null });
    expect(await types(request.id)).toContain('disclosure');
    await handBack(request.id);
    const body = (await ingrid.call('GET', `/v1/review/grants/${request.id}/bundle`)).body;
    const lines = body
      .trimEnd()
      .split('\n')
      .map((line) => bundleLine.parse(JSON.parse(line)));
    expect(lines.filter((line) => line.line === 'disclosure')).toEqual([
      { line: 'disclosure', i: intent, sql, par: null },
    ]);
  });
});
