/** Support for tests: a grant in the ledger, and a device that signs a session under it, right or wrong on purpose. */
import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { commit } from '../../shared/audit/commitment.ts';
import { leafHash, sealEnvelope } from '../../shared/audit/envelope.ts';
import { toBase64url } from '../../shared/encoding.ts';
import type { GrantClaims, Limits } from '../../shared/grants.ts';
import type { CollectorDeps } from '../deps.ts';
import { primitives } from '../keys.ts';
import { DEFAULT_LIMITS } from '../policy/schema.ts';
import { newId, type SignedInDevice, type TestDevice } from '../testing.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
const limits: Limits = { ...DEFAULT_LIMITS };

/** Signs a grant for this person and device and puts it into the ledger. */
export async function placeGrant(deps: CollectorDeps, who: SignedInDevice): Promise<{ gid: string; jws: string }> {
  const seconds = Math.floor(Date.now() / 1000);
  const gid = newId();
  const claims: GrantClaims = {
    iss: deps.config.publicUrl,
    sub: who.sub,
    name: who.sub,
    jti: gid,
    iat: seconds,
    nbf: seconds,
    exp: seconds + 600,
    cnf: { jkt: who.device.jkt },
    target: { id: 'orders', label: 'Orders', environment: 'production' },
    scope: {
      id: 'support-read',
      label: 'Support read',
      mode: 'read',
      tables: [{ schema: 'shop', table: 'orders', select: '*' }],
    },
    severity: 'SEV1',
    ticket: 'INC-1',
    reason: 'a test of the ledger',
    approvals: [{ sub: who.sub, name: who.sub, alone: true, at: new Date().toISOString() }],
    limits,
    policy: deps.policy.current().hash,
  };
  const jws = await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'vitrine-grant+jwt', kid: deps.keys.grant.thumbprint })
    .sign(deps.keys.grant.privateKey);
  await deps.ledger.append([{ typ: 'grant', gid, jws }]);
  return { gid, jws };
}

export interface SignedLine {
  readonly line: string;
  readonly leaf: string;
  readonly record: Record<string, unknown>;
}
export interface TestSession {
  readonly sid: string;
  readonly lines: SignedLine[];
  /** Signs the next record; `change` wins over what would be right. */
  add(fields: Record<string, unknown>, change?: Record<string, unknown>, signer?: TestDevice): SignedLine;
  /** Adds an intent and its outcome; answers with the intent's disclosure. */
  statement(text: string): { intent: string; sql: string };
}

export function newSession(
  who: Pick<SignedInDevice, 'device' | 'idToken'>,
  grant: { gid: string; jws: string },
  change: Record<string, unknown> = {},
): TestSession {
  const sid = newId();
  const lines: SignedLine[] = [];
  const session: TestSession = {
    sid,
    lines,
    add(fields, changed = {}, signer = who.device) {
      const record = {
        v: 1,
        dev: who.device.jkt,
        devn: 0,
        sid,
        seq: lines.length,
        prev: lines.at(-1)?.leaf ?? null,
        t: new Date().toISOString(),
        mono: lines.length,
        gid: grant.gid,
        ack: { size: 0, root: sha256('') },
        ...fields,
        ...changed,
      };
      const line = sealEnvelope(record, signer.jkt, signer.sign);
      const signed = { line, leaf: toBase64url(leafHash(line, primitives)), record };
      lines.push(signed);
      return signed;
    },
    statement(text) {
      const { digest, disclosure } = commit('sql', newId(), text, primitives);
      const intent = newId();
      const norm = 'select $1';
      session.add({
        typ: 'intent',
        i: intent,
        op: 'query',
        of: null,
        kind: 'select',
        n: 1,
        fp: '0123456789abcdef',
        norm,
        sql: digest,
        par: null,
        size: 16,
        tx: 'idle',
        origin: 'user',
      });
      session.add({
        typ: 'outcome',
        of: intent,
        result: 'ok',
        sqlstate: null,
        tag: 'SELECT 1',
        rows: 1,
        bytes: 4,
        start: 1,
        end: 2,
      });
      return { intent, sql: disclosure };
    },
  };
  const target = {
    id: 'orders',
    host: '127.0.0.1',
    port: 5432,
    database: 'shop',
    role: 'r',
    server_version: '18',
    cert: null,
    pid: 1,
    client_port: 2,
  };
  session.add(
    {
      typ: 'session.open',
      pub: who.device.jwk,
      grant: sha256(grant.jws),
      idt: sha256(who.idToken),
      app: { version: '0', build: '0' },
      target,
      limits,
    },
    change,
  );
  return session;
}
