import * as crypto from 'node:crypto';
import { createPublicKey, verify } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { x25519 } from '@noble/curves/ed25519.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { problem, reviewGrant } from '../../shared/api.ts';
import {
  deliveredEnvelopes,
  envelopeConfirmed,
  envelopeContent,
  envelopes,
  envelopeView,
  openingHeard,
} from '../../shared/api-envelope.ts';
import { stopAnswer } from '../../shared/api-stop.ts';
import { sealEnvelope } from '../../shared/audit/envelope.ts';
import { type VerifyOptions, verifyBundle } from '../../shared/audit/verify-bundle.ts';
import { fromUtf8, toBase64url } from '../../shared/encoding.ts';
import { CODE, challengeOf, read, respond } from '../../shared/envelope.ts';
import { sealCrypto } from '../../shared/envelope-crypto.ts';
import { sealKeyStatement, unseal } from '../../shared/envelope-seal.ts';
import type { RegisterRoom } from '../compose.ts';
import { registerGrants } from '../grants/index.ts';
import { policyFor } from '../grants/testing.ts';
import { primitives } from '../keys.ts';
import { newSession } from '../ledger/test-session.ts';
import { registerReview } from '../review/index.ts';
import { recordOf } from '../review/records.ts';
import { openTargets, type Targets } from '../targets/index.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../targets/testing.ts';
import { newId, openTestStack, type SignedInBrowser, type SignedInDevice, type TestStack } from '../testing.ts';

const c = sealCrypto(crypto, x25519);
const sha256 = (text: string): string => crypto.createHash('sha256').update(text).digest('base64url');
let target: TestTarget;
let stack: TestStack;
let amira: SignedInDevice;
let lina: SignedInBrowser;
let ingrid: SignedInBrowser;
let ahead = 0;
/** The device's X25519 key. */
const secret = c.random(32);

/** The target's database does not answer. */
let down = false;
function reachable(installation: string): Targets {
  const real = openTargets({ configOf: () => target.config, installation, onError: () => {} });
  const unless =
    <A extends unknown[], V>(work: (...asked: A) => Promise<V>) =>
    (...asked: A): Promise<V> =>
      down ? Promise.reject(new Error('connect ECONNREFUSED')) : work(...asked);
  return {
    ...real,
    createRole: unless(real.createRole),
    endRole: unless(real.endRole),
    shutLogin: unless(real.shutLogin),
  };
}
const rooms: readonly RegisterRoom[] = [
  (app, deps) =>
    registerGrants(app, deps, {
      reapEveryMs: 300,
      watchEveryMs: 200,
      retryEveryMs: 200,
      targets: reachable(deps.config.publicUrl),
    }),
  (app, deps) => registerReview(app, deps),
];
/** Reviewers may confirm, too: the people of the test stack are three. SEV1 may be sealed. */
const withEnvelopes = (policy: string): string =>
  policy
    .replace('approver: [incident-commanders]', 'approver: [incident-commanders, security]')
    .replace(
      'alone: true, review_hours: 24',
      'alone: true, review_hours: 24, offline: { scopes: [orders-read], minutes: 15, days: 3 }',
    )
    .concat('notify: { channels: { pager: { kind: webhook } }, events: { glass_broken: [pager] } }\n');

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  stack = await openTestStack({
    rooms,
    policy: () => withEnvelopes(policyFor(target, server.caFile)),
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl }),
    now: () => new Date(Date.now() + ahead),
  });
  [amira, lina, ingrid] = await Promise.all([stack.device('amira'), stack.browser('lina'), stack.browser('ingrid')]);
  await tellKey(amira);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await target?.stop();
});

async function tellKey(who: SignedInDevice): Promise<void> {
  const x = toBase64url(c.x25519.publicOf(secret));
  const sig = toBase64url(who.device.sign(sealKeyStatement(who.device.jkt, x)));
  const answer = await who.call('POST', '/v1/envelopes/key', { x, sig });
  expect(answer.statusCode).toBe(204);
}
const wish = (changes: object = {}) => ({
  device: amira.device.jkt,
  target: 'orders',
  scope: 'orders-read',
  severity: 'SEV1',
  reason: 'For the night when nothing answers',
  ...changes,
});
const ask = async (changes: object = {}, by = lina) =>
  envelopeView.parse((await by.call('POST', '/v1/envelopes', wish(changes))).json());
const confirm = (id: string, by = ingrid) => by.call('POST', `/v1/envelopes/${id}/confirm`, {});
const refusal = async (answer: Promise<{ json(): unknown }>) => problem.parse((await answer).json());
const records = async (gid: string) =>
  (await stack.collector.deps.ledger.entriesOfGrant(gid)).map(({ line }) => recordOf(line));
const types = async (gid: string) => (await records(gid)).map(({ typ }) => typ);
const mine = async () => deliveredEnvelopes.parse((await amira.call('GET', '/v1/envelopes/mine')).json()).envelopes;

/** Minted, delivered, and opened with the code that the approver computes; the collector is asked nothing. */
async function mint() {
  const { id } = await ask();
  const { opening_key: openingKey } = envelopeConfirmed.parse((await confirm(id)).json());
  const delivered = (await mine()).find((one) => one.id === id);
  if (openingKey === null || delivered === undefined) throw new Error('want an envelope and its opening key');
  return { id, openingKey, delivered };
}
async function open({ openingKey, delivered }: Awaited<ReturnType<typeof mint>>, slot = 3) {
  const answer = await respond(openingKey, challengeOf(delivered.sealed.tag, slot), c.hkdf);
  const code = answer.kind === 'code' ? read(answer.code, CODE) : null;
  if (code?.kind !== 'good') throw new Error('want a code');
  const content = await unseal(delivered.sealed, { secret, slot, code: code.symbols }, c);
  return envelopeContent.parse(JSON.parse(fromUtf8(content)));
}
function opening(
  { id, delivered }: Awaited<ReturnType<typeof mint>>,
  changes: Record<string, unknown> = {},
  signer = amira.device,
) {
  const record = {
    v: 1,
    typ: 'envelope.opened',
    dev: amira.device.jkt,
    pub: amira.device.jwk,
    gid: id,
    oid: newId(),
    t: new Date(Date.now() + ahead).toISOString(),
    grant: sha256(delivered.grant),
    idt: delivered.idt,
    slot: 3,
    ticket: 'INC-4711',
    reason: 'Nothing answers and orders are stuck',
    ack: { size: 0, root: sha256('') },
    ...changes,
  };
  return sealEnvelope(record, signer.jkt, signer.sign);
}
/** Without any sign-in. */
const report = (record: string, live = false) =>
  stack.collector.app.inject({ method: 'POST', url: '/v1/envelopes/opened', payload: { record, live } });
const roleExists = async (role: string) =>
  (await target.root.query('select from pg_roles where rolname = $1', [role])).rowCount === 1;
const login = (user: string, password: string) =>
  target.connect(user, password).then(
    async (client) => {
      await client.end();
      return 'in';
    },
    (error: { code?: string }) => error.code ?? 'failed',
  );
async function until(what: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((done) => setTimeout(done, 25));
  }
}

describe('minting', () => {
  it('offers only what the policy lets be sealed, and nothing for oneself', async () => {
    const { offers } = envelopes.parse((await lina.call('GET', '/v1/envelopes')).json());
    expect(offers).toMatchObject([
      {
        holder: { sub: 'amira' },
        ready: true,
        choices: [{ scope: { id: 'orders-read' }, severity: 'SEV1', minutes: 15 }],
      },
    ]);
    for (const changes of [{ scope: 'orders-repair' }, { severity: 'SEV2' }])
      expect(await refusal(lina.call('POST', '/v1/envelopes', wish(changes)))).toMatchObject({ code: 'not_sealable' });
    expect((await amira.call('POST', '/v1/envelopes', wish())).statusCode).toBe(401);
  });

  it('wants a second approver, writes every step first, and tells the opening key once (I4)', async () => {
    const { id } = await ask();
    expect(await refusal(confirm(id, lina))).toMatchObject({ code: 'already_confirmed' });
    expect(await types(id)).toEqual(['envelope.asked', 'envelope.confirmed']);
    const first = envelopeConfirmed.parse((await confirm(id)).json());
    expect(first).toMatchObject({
      envelope: { state: 'sealed' },
      opening_key: expect.stringMatching(/^(\w{5}-){7}\w{5}$/),
    });
    expect(await refusal(confirm(id))).toMatchObject({ code: 'too_late' });
    expect(await types(id)).toEqual([
      'envelope.asked',
      'envelope.confirmed',
      'envelope.confirmed',
      'grant',
      'activation',
    ]);
    // Neither the key nor a password is anywhere in the collector's store or log.
    const kept = await stack.collector.deps.store
      .selectFrom('envelopes')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    const key = (first.opening_key ?? '').replaceAll(/-/g, '');
    expect(JSON.stringify(kept)).not.toContain(key);
    expect(stack.logged.join('\n')).not.toContain(first.opening_key ?? 'none');
    await lina.call('POST', `/v1/envelopes/${id}/withdraw`, { reason: 'only a test' });
  });

  it('leaves nothing behind when it is withdrawn: no role, and nothing to fetch (I3)', async () => {
    const minted = await mint();
    const { user, password } = await open(minted);
    expect(await login(user, password)).toBe('in');
    await lina.call('POST', `/v1/envelopes/${minted.id}/withdraw`, { reason: 'the laptop was left on a train' });
    expect(await roleExists(user)).toBe(false);
    expect(await mine()).toEqual([]);
    const { envelopes: all } = envelopes.parse((await ingrid.call('GET', '/v1/envelopes')).json());
    expect(all.find(({ id }) => id === minted.id)).toMatchObject({ state: 'withdrawn', rotated: true });
  });

  it('makes a role that only reads, for one connection, and that the reaper leaves alone (I3)', async () => {
    const minted = await mint();
    const { user, password } = await open(minted);
    const client = await target.connect(user, password);
    expect((await client.query('select count(*)::int as n from shop.orders')).rows).toEqual([{ n: 20 }]);
    expect(await client.query("update shop.orders set status = 'x'").catch(({ code }) => code)).toMatch(
      /^(25006|42501)$/,
    );
    expect(await login(user, password)).toBe('53300');
    await client.end();
    await new Promise((done) => setTimeout(done, 1000));
    expect(await roleExists(user)).toBe(true);
    await lina.call('POST', `/v1/envelopes/${minted.id}/withdraw`, { reason: 'only a test' });
  });

  it('notices a login that its device does not tell of, and ends it with its minutes (I3, I5)', async () => {
    const minted = await mint();
    const { user, password } = await open(minted);
    const client = await target.connect(user, password);
    await until(async () => (await types(minted.id)).includes('alert'));
    expect((await records(minted.id)).at(-1)).toMatchObject({ typ: 'alert', kind: 'envelope_untold' });
    await client.query('select 1');
    const cut = new Promise((gone) => client.once('error', gone));
    ahead = 17 * 60_000;
    expect(await cut).toMatchObject({ code: '57P01' });
    await until(async () => !(await roleExists(user)));
    ahead = 0;
    expect((await records(minted.id)).at(-1)).toMatchObject({ typ: 'envelope.ended', why: 'expired' });
  });

  it('ends with its days, and with everything that is stopped for its device (I3)', async () => {
    const minted = await mint();
    const { user } = await open(minted);
    const stopped = stopAnswer.parse(
      (await lina.call('POST', '/v1/stop', { what: 'device', id: amira.device.jkt, reason: 'laptop stolen' })).json(),
    );
    expect(stopped.closed.map(({ id }) => id)).toEqual([minted.id]);
    expect(await roleExists(user)).toBe(false);
    expect(await types(minted.id)).toContain('envelope.ended');

    const other = await mint();
    const inside = await open(other);
    ahead = 3 * 24 * 3_600_000 + 1000;
    await until(async () => !(await roleExists(inside.user)));
    ahead = 0;
    expect((await records(other.id)).at(-1)).toMatchObject({ typ: 'envelope.ended', why: 'expired' });
  });
});

describe('when something is in the way', () => {
  it('seals nothing while the target is down: no role, no key, and the envelope has failed (I6)', async () => {
    const { id } = await ask();
    down = true;
    const answer = await confirm(id);
    down = false;
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('opening_key');
    expect(await types(id)).toEqual([
      'envelope.asked',
      'envelope.confirmed',
      'envelope.confirmed',
      'grant',
      'envelope.ended',
    ]);
    expect(await mine()).toEqual([]);
  });

  it('takes the login away as soon as the target is back, when it was down as the opening was told (I3)', async () => {
    const minted = await mint();
    const { user, password } = await open(minted);
    down = true;
    expect(openingHeard.parse((await report(opening(minted), true)).json())).toMatchObject({ state: 'active' });
    expect(await login(user, password)).toBe('in');
    down = false;
    await until(async () => (await login(user, password)) !== 'in');
    await lina.call('POST', '/v1/stop', { what: 'grant', id: minted.id, reason: 'only a test' });
    expect(await roleExists(user)).toBe(false);
  });

  it('is not sealed under another policy than it was asked for under (I6)', async () => {
    const { id } = await ask();
    const policy = await readFile(stack.policyPath, 'utf8');
    const { hash } = stack.collector.deps.policy.current();
    const isOld = async () => stack.collector.deps.policy.current().hash === hash;
    await writeFile(stack.policyPath, policy.replace('minutes: 15, days: 3', 'minutes: 10, days: 3'));
    await until(async () => !(await isOld()));
    expect(await refusal(confirm(id))).toMatchObject({ code: 'policy_changed' });
    await writeFile(stack.policyPath, policy);
    await until(isOld);
    expect((await confirm(id)).statusCode).toBe(200);
    await lina.call('POST', `/v1/envelopes/${id}/withdraw`, { reason: 'only a test' });
  });

  it('is not asked for while a review of its holder is overdue, nor for a device that was revoked (I6)', async () => {
    const minted = await mint();
    await open(minted);
    await report(opening(minted));
    const dueAt = (hours: number) =>
      stack.collector.deps.store
        .updateTable('grants')
        .set({ due_at: new Date(Date.now() + hours * 3_600_000) })
        .where('id', '=', minted.id)
        .execute();
    await dueAt(-1);
    expect(await refusal(lina.call('POST', '/v1/envelopes', wish()))).toMatchObject({ code: 'overdue_review' });
    await dueAt(24);
    const second = await stack.device('amira');
    await tellKey(second);
    await second.call('POST', `/v1/devices/${second.device.jkt}/revoke`, { reason: 'lost' });
    const asked = lina.call('POST', '/v1/envelopes', wish({ device: second.device.jkt }));
    expect(await refusal(asked)).toMatchObject({ code: 'not_found' });
  });

  it('tells those who hear of broken glass (I6)', async () => {
    const told = await stack.collector.deps.store.selectFrom('notify_messages').select(['key', 'notice']).execute();
    expect(told.length).toBeGreaterThan(0);
    for (const { key, notice } of told) {
      expect(key).toMatch(/^envelope_opened:/);
      expect(notice).toMatchObject({ event: 'envelope_opened', request: { by: { sub: 'amira' } } });
    }
  });
});

describe('an opening', () => {
  it('is taken without a sign-in, shuts the credentials at once, and leaves who works there to the deadline (I3)', async () => {
    const minted = await mint();
    const { user, password } = await open(minted);
    const working = await target.connect(user, password);
    const record = opening(minted);
    const heard = openingHeard.parse((await report(record, true)).json());
    expect(heard).toMatchObject({ state: 'active', review_due_at: expect.any(String) });
    await working.query('select 1');
    expect(await login(user, password)).toMatch(/^28/);
    // Reported again, when the work is done: the role goes.
    const done = openingHeard.parse((await report(record, false)).json());
    expect(done).toMatchObject({ state: 'ended', end_reason: 'handed_back', gone_ms: expect.any(Number) });
    expect(await roleExists(user)).toBe(false);
    await working.end().catch(() => {});
    expect((await types(minted.id)).slice(-3)).toEqual(['envelope.opened', 'envelope.ended', 'revoked']);
  });

  it('comes before the sessions under it, and the verifier finds nothing wrong with the whole (I4, I5)', async () => {
    const minted = await mint();
    await open(minted);
    const session = newSession(
      { device: amira.device, idToken: amira.idToken },
      { gid: minted.id, jws: minted.delivered.grant },
    );
    session.statement('select 1');
    session.add({ typ: 'session.close', reason: 'handed_back', intents: 1, rows: 1, bytes: 4, delay: null });
    const upload = () =>
      amira.call(
        'POST',
        `/v1/sessions/${session.sid}/entries?from_size=0`,
        `${session.lines.map(({ line }) => `${line}\n`).join('')}`,
        {
          'content-type': 'application/x-ndjson',
        },
      );
    expect(await refusal(upload())).toMatchObject({ code: 'opening_first' });
    expect((await report(opening(minted))).statusCode).toBe(200);
    expect((await upload()).statusCode).toBe(200);

    const shown = reviewGrant.parse((await ingrid.call('GET', `/v1/review/grants/${minted.id}`)).json());
    expect(shown.item.request).toMatchObject({ offline: true, ticket: 'INC-4711', review: { state: 'due' } });
    expect(shown.timeline.flatMap((one) => (one.kind === 'envelope' ? [one.event] : []))).toEqual([
      'asked',
      'confirmed',
      'confirmed',
      'opened',
      'rotated',
    ]);
    expect((await verified(minted.id)).findings).toEqual([]);
  });

  it('that is reported twice is one; two different ones are an alert, and a finding (I5)', async () => {
    const minted = await mint();
    await open(minted);
    const record = opening(minted);
    await report(record);
    const before = (await types(minted.id)).length;
    await report(record);
    expect((await types(minted.id)).length).toBe(before);
    // The disk of the laptop was set back to before the opening.
    await report(opening(minted));
    expect((await records(minted.id)).slice(-2)).toMatchObject([
      { typ: 'envelope.opened' },
      { typ: 'alert', kind: 'envelope_twice' },
    ]);
    const { findings } = await verified(minted.id);
    expect(findings.map(({ message }) => message).join()).toContain('a second opening of this envelope');
  });

  it('is refused when anything about it is not the device’s own (I4)', async () => {
    const minted = await mint();
    await open(minted);
    const stranger = await stack.device('lina');
    const wrong = [
      opening(minted, {}, stranger.device),
      opening(minted, { dev: stranger.device.jkt, pub: stranger.device.jwk }, stranger.device),
      opening(minted, { grant: sha256('another') }),
      opening(minted, { gid: newId() }),
      opening(minted, { t: new Date(Date.now() + 600_000).toISOString() }),
      opening(minted, { pub: stranger.device.jwk }),
      opening(minted).replace('"sig":"', '"sig":"A').replace(/A==/, '=='),
      '{}',
    ];
    for (const record of wrong) expect([400, 404]).toContain((await report(record)).statusCode);
    expect((await types(minted.id)).at(-1)).toBe('activation');
    await lina.call('POST', `/v1/envelopes/${minted.id}/withdraw`, { reason: 'only a test' });
  });

  it('that is heard of hours later ends at its deadline, and its role goes at once (I3)', async () => {
    const minted = await mint();
    const { user } = await open(minted);
    ahead = 60 * 60_000;
    const heard = openingHeard.parse((await report(opening(minted, { t: new Date().toISOString() }))).json());
    ahead = 0;
    expect(heard).toMatchObject({ state: 'ended', end_reason: 'expired' });
    expect(await roleExists(user)).toBe(false);
  });
});

async function verified(gid: string) {
  const answer = await ingrid.call('GET', `/v1/review/grants/${gid}/bundle`);
  const verifyRsa: NonNullable<VerifyOptions['verifyRsa']> = ({ kty, n, e }, signed, signature) => {
    const key = createPublicKey({ key: { kty: String(kty), n: String(n), e: String(e) }, format: 'jwk' });
    return verify('sha256', signed, key, signature);
  };
  const options = { p: primitives, verifyRsa, logKey: stack.collector.deps.ledger.vkey };
  return verifyBundle(answer.body.trimEnd().split('\n'), options);
}
