import { generateKeyPairSync } from 'node:crypto';
import { CompactSign } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestView } from '../../shared/api.ts';
import type { ChangeView } from '../../shared/api-change.ts';
import { publicJwk } from '../../shared/audit/records.ts';
import type { GrantClaims } from '../../shared/grants.ts';
import { type ChangeNews, LiveChanges } from './changes.ts';
import { type Deadline, deadlineOf } from './deadline.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const { kty, crv, x } = publicKey.export({ format: 'jwk' });
const [gid, change, jkt, policy] = ['g'.repeat(22), 'c'.repeat(22), 'j'.repeat(43), 'p'.repeat(43)];
const at = '2026-11-23T14:00:00.000Z';
const SECOND = 1_763_906_400;
const claims: GrantClaims = {
  iss: 'https://c.example',
  sub: 'amira',
  name: 'Amira',
  jti: gid,
  iat: SECOND,
  nbf: SECOND,
  exp: SECOND + 600,
  cnf: { jkt },
  target: { id: 'orders', label: 'Orders', environment: 'production' },
  scope: { id: 'r', label: 'R', mode: 'read', tables: [{ schema: 'shop', table: 'orders', select: '*' }] },
  severity: 'SEV1',
  ticket: 'INC-1',
  reason: 'a reason to look',
  approvals: [{ sub: 'amira', name: 'Amira', alone: true, at }],
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
    exports: true,
    local_port: true,
    port_dangerous: 'refuse',
  },
  policy,
};
const sign = (payload: unknown, typ: string, key = privateKey): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ })
    .sign(key);
const elevation = (more: object = {}) => ({
  iss: claims.iss,
  sub: 'amira',
  jti: change,
  gid,
  iat: SECOND + 10,
  nbf: SECOND + 10,
  exp: SECOND + 130,
  cnf: { jkt },
  target: 'orders',
  severity: 'SEV1',
  scope: {
    id: 'w',
    label: 'W',
    mode: 'write',
    tables: [
      { schema: 'shop', table: 'orders', update: '*' },
      { schema: 'shop', table: 'customers', select: '*' },
    ],
  },
  reason: 'it has to go on',
  approvals: claims.approvals,
  policy,
  ...more,
});

let time: { mono: number; wall: number };
let deadline: Deadline;
let changes: LiveChanges;
let news: ChangeNews[];
let faults: unknown[];
beforeEach(() => {
  time = { mono: 0, wall: 0 };
  news = [];
  faults = [];
  const clock = { mono: () => time.mono, wall: () => time.wall };
  const activated = { mono: 0, wall: 0, collectorNow: SECOND * 1000, expiresAt: claims.exp * 1000 };
  deadline = deadlineOf(clock, activated);
  changes = new LiveChanges({
    clock,
    expected: { grantKey: publicJwk.parse({ kty, crv, x }), requestId: gid, jkt, sub: 'amira' },
    claims,
    activated,
    deadline,
    onNews: (one) => news.push(one),
    onFault: (error) => faults.push(error),
  });
});
const pass = (seconds: number): void => {
  time.mono += seconds * 1000;
  time.wall += seconds * 1000;
  changes.check();
};
const view = (part: Partial<ChangeView>): RequestView =>
  ({
    changes: [{ id: change, kind: 'elevate', state: 'in_force', ended: null, note: null, jws: null, ...part }],
  }) as unknown as RequestView;

describe('changes of a live grant on this machine (I3, I6)', () => {
  it('writes between what was signed and its end, by this machine’s own clock', async () => {
    pass(10);
    expect(changes.mode).toBe('read');
    const jws = await sign(elevation(), 'vitrine-elevation+jwt');
    await changes.heard(view({ jws }));
    await changes.heard(view({ jws }));
    expect(news.map(({ kind }) => kind)).toEqual(['elevated']);
    expect(changes.mode).toBe('write');
    expect(changes.elevation?.tables).toEqual(['shop.orders']);
    expect(changes.scope.tables).toHaveLength(3);
    pass(119);
    expect(changes.mode).toBe('write');
    pass(1);
    expect(changes.mode).toBe('read');
    expect(changes.scope).toBe(claims.scope);
    expect(news.at(-1)).toEqual({ kind: 'lowered', why: 'expired', by: null });
    // The collector's word comes later and is no news.
    await changes.heard(view({ state: 'over', ended: { why: 'expired', by: null, at } }));
    expect(news).toHaveLength(2);
  });

  it('is over as soon as the collector says so, and when a clock jumps', async () => {
    const jws = await sign(elevation(), 'vitrine-elevation+jwt');
    await changes.heard(view({ jws }));
    await changes.heard(view({ state: 'over', ended: { why: 'revoked', by: 'Li Na', at } }));
    expect(changes.mode).toBe('read');
    expect(news.at(-1)).toEqual({ kind: 'lowered', why: 'revoked', by: 'Li Na' });
    await changes.heard(view({ jws }));
    time.wall += 3_600_000;
    expect(changes.mode).toBe('read');
  });

  const other = generateKeyPairSync('ed25519').privateKey;
  it.each<[string, () => Promise<string>]>([
    ['signed by another key', () => sign(elevation(), 'vitrine-elevation+jwt', other)],
    ['for another device', () => sign(elevation({ cnf: { jkt: policy } }), 'vitrine-elevation+jwt')],
    ['of another grant', () => sign(elevation({ gid: change }), 'vitrine-elevation+jwt')],
    ['of another change', () => sign(elevation({ jti: gid }), 'vitrine-elevation+jwt')],
    ['for another database', () => sign(elevation({ target: 'billing' }), 'vitrine-elevation+jwt')],
    ['for somebody else', () => sign(elevation({ sub: 'omar' }), 'vitrine-elevation+jwt')],
    ['a grant and no elevation', () => sign(elevation(), 'vitrine-grant+jwt')],
    ['not a signature at all', async () => 'x.y.z'],
  ])('does not count what is %s', async (_name, made) => {
    await changes.heard(view({ jws: await made() }));
    expect(changes.mode).toBe('read');
    expect(news).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ code: 'grant_invalid' });
  });

  it('lives longer with a signed extension, and not with one of another grant', async () => {
    const extended = { ...claims, exp: claims.exp + 300 };
    const extension = (jws: string, id = change) => view({ id, kind: 'extend', state: 'made', jws });
    await changes.heard(extension(await sign({ ...extended, jti: change }, 'vitrine-grant+jwt'), gid));
    expect(deadline.left()).toBe(600_000);
    expect(faults).toHaveLength(1);
    await changes.heard(extension(await sign(extended, 'vitrine-grant+jwt')));
    expect(deadline.left()).toBe(900_000);
    expect(news).toEqual([{ kind: 'extended', until: extended.exp * 1000 }]);
  });

  it('tells what was answered while it was waited for, and not what was over before', async () => {
    await changes.heard(view({ state: 'denied' }));
    expect(news).toEqual([]);
    await changes.heard(view({ id: gid, state: 'asked' }));
    expect(changes.waiting).toHaveLength(1);
    await changes.heard(view({ id: gid, state: 'denied', note: 'no' }));
    expect(changes.waiting).toEqual([]);
    expect(news).toMatchObject([{ kind: 'answered', change: { state: 'denied', note: 'no' } }]);
  });
});
