/** What binds a session to a person, a device, an ID token and a grant, checked once when it begins. (I4) */
import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { thumbprint } from '../../shared/audit/binding.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { grantRecord, type PublicJwk, type SessionOpen } from '../../shared/audit/records.ts';
import { toBase64url } from '../../shared/encoding.ts';
import { type GrantClaims, grantClaims } from '../../shared/grants.ts';
import { primitives } from '../keys.ts';
import { problem } from '../server/problem.ts';
import type { Store } from '../store/index.ts';
import { type VerifyKey, verifyKey } from './signatures.ts';

/** What a session is bound to; never changes after `session.open`. */
export interface SessionBinding {
  readonly gid: string;
  readonly sub: string;
  readonly jkt: string;
  readonly pub: PublicJwk;
  readonly devn: number;
  readonly key: VerifyKey;
}

/** Bindings of sessions that have begun; null for one that has not. They never change, so they are kept in memory. */
export function openBindings(store: Store): (sid: string) => Promise<SessionBinding | null> {
  const known = new Map<string, SessionBinding>();

  return async (sid) => {
    const cached = known.get(sid);
    if (cached !== undefined) return cached;
    const row = await store
      .selectFrom('sessions')
      .select(['gid', 'sub', 'jkt', 'pub', 'devn'])
      .where('sid', '=', sid)
      .executeTakeFirst();
    if (row === undefined) return null;
    if (known.size > 10_000) known.clear();
    const binding = { ...row, key: verifyKey(row.pub) };
    known.set(sid, binding);
    return binding;
  };
}

/** Checks a new session against the person, their device, the ID token and the grant in the ledger. Throws 403. */
export async function newBinding(store: Store, opening: SessionOpen, sub: string): Promise<SessionBinding> {
  const refuse = (code: string, field: string, title: string) =>
    problem(403, code, title, { field: `line 1: ${field}`, detail: 'Nothing of this batch was stored.' });
  if (thumbprint(opening.pub, primitives) !== opening.dev) {
    throw refuse('bad_device_key', 'pub', 'The public key does not have the thumbprint that the record names');
  }
  const device = await store.selectFrom('devices').select('sub').where('jkt', '=', opening.dev).executeTakeFirst();
  if (device === undefined || device.sub !== sub) {
    throw refuse('unknown_device', 'dev', 'The key that signed is not an enrolled device of this person');
  }
  const token = await store
    .selectFrom('id_tokens')
    .select(['sub', 'jkt'])
    .where('idt', '=', opening.idt)
    .executeTakeFirst();
  if (token === undefined || token.sub !== sub || token.jkt !== opening.dev) {
    throw refuse('unknown_id_token', 'idt', 'The ID token that the session names was never seen for this device');
  }
  const found = await grantOf(store, opening.gid);
  if (found === null || found.claims.sub !== sub || found.claims.cnf.jkt !== opening.dev) {
    throw refuse('unknown_grant', 'gid', 'There is no such grant for this person and device');
  }
  if (found.hash !== opening.grant) {
    throw refuse('unknown_grant', 'grant', 'The session names another grant document than the one in the ledger');
  }
  if (found.claims.target.id !== opening.target.id) {
    throw refuse('foreign_target', 'target.id', 'The grant is for another target');
  }
  if (found.claims.offline !== undefined && !(await wasOpened(store, opening.gid))) {
    throw problem(409, 'opening_first', 'The opening of this envelope has to be reported first', {
      field: 'line 1: gid',
      detail: 'Nothing of this batch was stored.',
      hint: 'POST /v1/envelopes/opened',
    });
  }
  // A thumbprint that is enrolled belongs to a key that has signed a proof, so the key is one.
  const { gid, dev: jkt, pub, devn } = opening;
  return { gid, sub, jkt, pub, devn, key: verifyKey(pub) };
}

/** The grant as the ledger holds it; our own signature stands on the entry, so the claims need no second check. */
async function grantOf(store: Store, gid: string): Promise<{ claims: GrantClaims; hash: string } | null> {
  const row = await store
    .selectFrom('ledger_entries')
    .select('line')
    .where('gid', '=', gid)
    .where('typ', '=', 'grant')
    .orderBy('index', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { jws } = grantRecord.parse(openEnvelope(row.line).record);
  const hash = toBase64url(createHash('sha256').update(jws).digest());
  return { claims: grantClaims.parse(decodeJwt(jws)), hash };
}

/** What comes out of an offline envelope comes after the record of its opening. */
async function wasOpened(store: Store, gid: string): Promise<boolean> {
  const row = await store
    .selectFrom('ledger_entries')
    .select('index')
    .where('gid', '=', gid)
    .where('typ', '=', 'envelope.opened')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
