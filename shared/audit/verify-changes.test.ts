import * as crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toBase64url, utf8 } from '../encoding.ts';
import type { GrantClaims } from '../grants.ts';
import { nodePrimitives } from '../primitives.ts';
import { Findings } from './findings.ts';
import { type CollectorRecord, collectorRecord, publicJwk } from './records.ts';
import { ChangesCheck } from './verify-changes.ts';

const p = nodePrimitives(crypto);
const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
const { kty, crv, x } = publicKey.export({ format: 'jwk' });
const key = 'k'.repeat(43);
const [gid, change] = ['g'.repeat(22), 'c'.repeat(22)];
const t = '2026-11-23T14:00:00.000Z';
const common = { v: 1, col: key, t, gid };
const person = (sub: string) => ({ sub, name: sub, idt: null });
const scope = { id: 'w', label: 'W', mode: 'write', tables: [{ schema: 'shop', table: 'orders', update: '*' }] };
const grant = { sub: 'amira', iat: 1000, exp: 2800, cnf: { jkt: key }, scope: { id: 'r' } } as unknown as GrantClaims;

const asked = (kind: 'extend' | 'elevate', more: object = {}): CollectorRecord =>
  collectorRecord.parse({
    ...common,
    typ: 'change',
    by: person('amira'),
    dev: key,
    id: change,
    kind,
    minutes: 5,
    reason: 'it has to go on',
    scope: kind === 'elevate' ? scope : null,
    alone: false,
    policy: key,
    approvals: [{ count: 1, groups: null }],
    ...more,
  });
const approved = (sub: string, more: object = {}): CollectorRecord =>
  collectorRecord.parse({
    ...common,
    typ: 'decision',
    by: person(sub),
    decision: 'approved',
    note: null,
    of: change,
    ...more,
  });
function elevation(more: object = {}, signer = privateKey): CollectorRecord {
  const part = (value: unknown) => toBase64url(utf8(JSON.stringify(value)));
  const claims = {
    iss: 'https://c.example',
    sub: 'amira',
    jti: change,
    gid,
    iat: 1100,
    nbf: 1100,
    exp: 1400,
    cnf: { jkt: key },
    target: 'orders',
    severity: 'SEV1',
    scope,
    reason: 'it has to go on',
    approvals: [{ sub: 'lina', name: 'lina', alone: false, at: t }],
    policy: key,
    ...more,
  };
  const signed = `${part({ alg: 'EdDSA', typ: 'vitrine-elevation+jwt' })}.${part(claims)}`;
  const jws = `${signed}.${toBase64url(crypto.sign(null, utf8(signed), signer))}`;
  return collectorRecord.parse({ ...common, typ: 'elevation', of: change, jws });
}

/** What is found about these records, then about a grant that moves the deadline by so many seconds. */
function found(records: readonly CollectorRecord[], moved: number | null = null, more: object = {}): string[] {
  const said: string[] = [];
  const findings = new Findings(({ message }) => void said.push(message));
  const check = new ChangesCheck(p, { grant_key: publicJwk.parse({ kty, crv, x }), gid }, findings);
  check.grant(grant, 1);
  records.forEach((record, at) => {
    check.record(record, at + 2);
  });
  if (moved !== null) check.grant({ ...grant, exp: grant.exp + moved, ...more }, 9);
  return said;
}

describe('changes of a live grant against what was asked and approved (I3, I4)', () => {
  it.each<[string, string[]]>([
    ['an elevation with its approval', found([asked('elevate'), approved('lina'), elevation()])],
    ['an elevation alone', found([asked('elevate', { alone: true }), approved('amira'), elevation()])],
    ['an extension with its approval', found([asked('extend'), approved('lina')], 300)],
    ['a shorter extension', found([asked('extend'), approved('lina')], 60)],
  ])('fits: %s', (_name, said) => {
    expect(said).toEqual([]);
  });

  const other = crypto.generateKeyPairSync('ed25519').privateKey;
  const wider = { ...scope, tables: [{ schema: 'shop', table: 'orders', update: '*', delete: true }] };
  it.each<[string, string, string[]]>([
    ['nobody asked', 'something else', found([elevation()])],
    ['nobody approved', 'something else', found([asked('elevate'), elevation()])],
    ['its own engineer approved', 'something else', found([asked('elevate'), approved('amira'), elevation()])],
    [
      'it was denied',
      'something else',
      found([asked('elevate'), approved('lina'), approved('lina', { decision: 'denied' }), elevation()]),
    ],
    ['it is used twice', 'something else', found([asked('elevate'), approved('lina'), elevation(), elevation()])],
    ['it is longer', 'something else', found([asked('elevate'), approved('lina'), elevation({ exp: 1500 })])],
    ['it is wider', 'something else', found([asked('elevate'), approved('lina'), elevation({ scope: wider })])],
    ['another key signed it', 'not signed', found([asked('elevate'), approved('lina'), elevation({}, other)])],
    [
      'it is for another device',
      'another grant, device or person',
      found([asked('elevate'), approved('lina'), elevation({ cnf: { jkt: 'z'.repeat(43) } })]),
    ],
    ['another device asked', 'whoever holds', found([asked('extend', { dev: 'z'.repeat(43) })])],
    ['the deadline moves unasked', 'moves the deadline', found([], 300)],
    ['it moves too far', 'moves the deadline', found([asked('extend'), approved('lina')], 301)],
    ['it moves unapproved', 'moves the deadline', found([asked('extend')], 300)],
    [
      'the scope moves with it',
      'more than the deadline',
      found([asked('extend'), approved('lina')], 300, { scope: 1 }),
    ],
    [
      'the group is the wrong one',
      'something else',
      found([asked('elevate', { approvals: [{ count: 1, groups: ['dba'] }] }), approved('lina'), elevation()]),
    ],
  ])('is found: %s', (_name, words, said) => {
    expect(said.join('\n')).toContain(words);
  });
});
