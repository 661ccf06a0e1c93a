/** Gathers the evidence bundle of one grant: `docs/record-format.md` and shared/audit/bundle.ts say what is in it. (I4) */
import { z } from 'zod';
import { type BundleIdToken, type BundleJwks, type BundleParts, consistencySizes } from '../../shared/audit/bundle.ts';
import type { CollectorDeps } from '../deps.ts';
import type { Grant } from '../grants/machine.ts';
import type { LedgerEntry } from '../ledger/index.ts';
import { type GrantRecord, linesOf, recordOf } from './records.ts';

type BundleDeps = Pick<CollectorDeps, 'store' | 'ledger' | 'seals' | 'keys' | 'now'>;

/** Hashes of the ID tokens that the records name. */
function idTokenHashes(records: readonly GrantRecord[]): string[] {
  const hashes = new Set<string>();
  for (const record of records) {
    if (record.typ === 'session.open' || record.typ === 'envelope.opened') hashes.add(record.idt);
    if ('holder' in record && record.holder.idt !== null) hashes.add(record.holder.idt);
    if ('by' in record && typeof record.by?.idt === 'string') hashes.add(record.by.idt);
  }
  return [...hashes].sort();
}

const jwksBody = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

async function identities(
  { store }: Pick<BundleDeps, 'store'>,
  hashes: readonly string[],
): Promise<{ idTokens: Omit<BundleIdToken, 'line'>[]; jwks: Omit<BundleJwks, 'line'>[] }> {
  if (hashes.length === 0) return { idTokens: [], jwks: [] };
  const rows = await store
    .selectFrom('id_tokens')
    .innerJoin('jwks_snapshots', 'jwks_snapshots.hash', 'id_tokens.jwks')
    .select(['idt', 'token', 'jkt', 'salt', 'jwks_snapshots.hash', 'issuer', 'body', 'at'])
    .where('idt', 'in', [...hashes])
    .orderBy('idt')
    .execute();
  const snapshots = new Map(
    rows.map((row) => [
      row.hash,
      { issuer: row.issuer, fetched: row.at.toISOString(), keys: jwksBody.parse(JSON.parse(row.body)).keys },
    ]),
  );
  return { idTokens: rows.map(({ token, jkt, salt }) => ({ token, jkt, salt })), jwks: [...snapshots.values()] };
}

/**
 * What is not of this grant but explains it: the `session.open` of other grants that fills a gap between two sessions
 * of this one on the same device, and the entry of the policy that the grant names.
 */
async function context({ store }: Pick<BundleDeps, 'store'>, grant: Grant, size: number): Promise<LedgerEntry[]> {
  const sessions = await store.selectFrom('sessions').select(['jkt', 'devn']).where('gid', '=', grant.id).execute();
  const entries: LedgerEntry[] = [];
  for (const jkt of new Set(sessions.map((session) => session.jkt))) {
    const ordinals = sessions.filter((session) => session.jkt === jkt).map(({ devn }) => devn);
    const between = await store
      .selectFrom('sessions')
      .innerJoin('ledger_entries', 'ledger_entries.index', 'sessions.opened')
      .select(['ledger_entries.index', 'line', 'ledger_entries.received_at'])
      .where('jkt', '=', jkt)
      .where('sessions.gid', '!=', grant.id)
      .where('devn', '>', Math.min(...ordinals))
      .where('devn', '<', Math.max(...ordinals))
      .where('ledger_entries.index', '<', size)
      .execute();
    for (const { index, line, received_at } of between) entries.push({ index, line, receivedAt: received_at });
  }
  const policies = await store
    .selectFrom('ledger_entries')
    .select(['index', 'line', 'received_at'])
    .where('typ', '=', 'policy')
    .where('index', '<', size)
    .orderBy('index')
    .execute();
  const ofGrant = policies.filter(({ line }) => {
    const record = recordOf(line);
    return record.typ === 'policy' && record.policy === grant.policy;
  });
  for (const { index, line, received_at } of ofGrant) entries.push({ index, line, receivedAt: received_at });
  return entries;
}

/** The parts of the bundle as of now; entries are proven while they are streamed. */
export async function bundleParts(deps: BundleDeps, grant: Grant): Promise<BundleParts> {
  const { ledger, seals, keys, now } = deps;
  const { size, note } = await ledger.head();
  const own = (await ledger.entriesOfGrant(grant.id)).filter(({ index }) => index < size);
  const entries = [...own, ...(await context(deps, grant, size))].sort((a, b) => a.index - b.index);
  const lines = linesOf(entries);
  const records = lines.map(({ record }) => record);

  const acknowledged = records.flatMap((record) => ('ack' in record ? [record.ack.size] : []));
  const sizes = consistencySizes(acknowledged, size);
  const checkpoints: string[] = [];
  const consistency: { from: number; proof: string[] }[] = [];
  for (const from of sizes) {
    const signed = await ledger.noteAt(from);
    if (signed !== null) checkpoints.push(signed);
    consistency.push({ from, proof: await ledger.consistency(from, size) });
  }

  const disclosures: { i: string; sql: string; par: string | null }[] = [];
  const released = records.flatMap((record) => (record.typ === 'disclosure' ? [record.of] : []));
  for (const intent of [...new Set(released)].sort()) {
    const sealed = await seals.open(intent);
    if (sealed !== null) disclosures.push({ i: intent, sql: sealed.sql, par: sealed.par });
  }

  return {
    header: {
      gid: grant.id,
      origin: keys.ledger.origin,
      vkey: keys.ledger.vkey,
      grant_key: keys.grant.jwk,
      entry_key: keys.entry.jwk,
      policy: grant.policy,
      made: now().toISOString(),
      size,
    },
    ...(await identities(deps, idTokenHashes(records))),
    checkpoints: [...checkpoints, note],
    consistency,
    disclosures,
    entryCount: entries.length,
    entries: (async function* () {
      for (const { index, line } of entries)
        yield { index, entry: line, inclusion: await ledger.inclusion(index, size) };
    })(),
  };
}
