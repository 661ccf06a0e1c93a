/**
 * Device entries into the ledger (docs/record-format.md, 7): the same entry again is answered as a duplicate, another one at the
 * same place is kept as proof of a fork, a gap is answered with where to resume. (I4, I5)
 */
import type { Receipt } from '../../shared/api.ts';
import { problem } from '../server/problem.ts';
import type { Store } from '../store/index.ts';
import { type DeviceEntry, openingOf, parseBatch, splitLines, verifyBatch } from './batch.ts';
import { newBinding, openBindings, type SessionBinding } from './bindings.ts';
import type { OpenLedger } from './open.ts';
import type { Head, Plan, Prepared } from './writer.ts';

interface Uploader {
  /** NDJSON of envelopes. `fromSize` is the newest checkpoint size that the client has verified. */
  entries(sid: string, body: string, fromSize: number, sub: string): Promise<Receipt>;
  head(sid: string, sub: string): Promise<{ next_seq: number; head: string | null }>;
}

/** Where the next entry goes, or how far the answered ones reach. */
interface Reached {
  readonly index: number;
  readonly seq: number;
  readonly next: number;
}

export function openUploads(store: Store, ledger: OpenLedger): Uploader {
  const bindingOf = openBindings(store);

  const entries: Uploader['entries'] = async (sid, body, fromSize, sub) => {
    const batch = parseBatch(splitLines(body, 'entries'), sid);
    const bound = await bindingOf(sid);
    const opening = openingOf(batch);
    if (bound === null && opening === null) throw gap(0, null);
    // A known session keeps its binding: a second, different session.open is a fork and must still carry its signature.
    const binding = bound ?? (opening === null ? null : await newBinding(store, opening, sub));
    const first = batch[0];
    if (binding === null || first === undefined) throw gap(0, null);
    if (binding.sub !== sub) {
      throw problem(403, 'foreign_session', 'This session belongs to another person', { field: 'sid' });
    }
    const { dev, gid, devn } = first.record;
    if (dev !== binding.jkt || gid !== binding.gid || devn !== binding.devn) {
      throw problem(400, 'bad_entry', 'Line 1: it does not carry the device, grant and ordinal of its session', {
        field: `line 1: ${dev !== binding.jkt ? 'dev' : gid !== binding.gid ? 'gid' : 'devn'}`,
      });
    }
    await verifyBatch(batch, binding.key);
    const { reached, head } = await ledger.writer.submit(batch.length + 1, (tx, at) =>
      planUpload({ tx, at, sid, binding, batch, ledger }),
    );
    if (fromSize > head.size) {
      throw problem(409, 'ledger_behind', `The client has verified ${fromSize} entries, this ledger has ${head.size}`, {
        field: 'from_size',
        detail:
          'A ledger never shrinks: either this is another ledger, or it was rolled back. The entries were stored.',
        hint: 'Keep the checkpoint as proof and tell security.',
      });
    }
    return {
      next_seq: reached.next,
      index: reached.index,
      seq: reached.seq,
      checkpoint: head.note,
      inclusion: await ledger.inclusion(reached.index, head.size),
      consistency: await ledger.consistency(fromSize, head.size),
    };
  };

  return {
    entries,
    async head(sid, sub) {
      const row = await store
        .selectFrom('sessions')
        .select(['sub', 'next_seq', 'head'])
        .where('sid', '=', sid)
        .executeTakeFirst();
      if (row === undefined) return { next_seq: 0, head: null };
      if (row.sub !== sub)
        throw problem(403, 'foreign_session', 'This session belongs to another person', { field: 'sid' });
      return { next_seq: row.next_seq, head: row.head };
    },
  };
}

const gap = (next_seq: number, head: string | null) =>
  problem(409, 'gap', `The next entry of this session is seq ${next_seq}`, {
    detail: 'Nothing of this batch was stored.',
    hint: 'Resume at next_seq.',
    next_seq,
    head,
  });

interface UploadContext {
  readonly tx: Parameters<Parameters<OpenLedger['writer']['submit']>[1]>[0];
  readonly at: Date;
  readonly sid: string;
  readonly binding: SessionBinding;
  readonly batch: readonly DeviceEntry[];
  readonly ledger: OpenLedger;
}
type Uploaded = { readonly reached: Reached; readonly head: Head };

/** Under the writer's lock: what is new, what is a duplicate, what contradicts. */
async function planUpload(context: UploadContext): Promise<Plan<Uploaded>> {
  const { tx, sid, batch } = context;
  const session = await tx
    .selectFrom('sessions')
    .select(['next_seq', 'head'])
    .where('sid', '=', sid)
    .executeTakeFirst();
  const next = session?.next_seq ?? 0;
  const head = session?.head ?? null;
  const duplicates = batch.filter((entry) => entry.record.seq < next);
  const fresh = batch.slice(duplicates.length);

  const lastDuplicate = await storedAgain(context, duplicates);
  if (lastDuplicate instanceof Contradiction) return refuseFork(context, lastDuplicate.entry, 'fork');
  const start = fresh[0];
  if (start === undefined) {
    if (lastDuplicate === null) throw gap(next, head);
    const { index, seq } = lastDuplicate;
    return { entries: [], answer: (_placed, at) => ({ reached: { index, seq, next }, head: at }) };
  }
  if (start.record.seq > next) throw gap(next, head);
  if (start.record.prev !== head) return refuseFork(context, start, 'orphan');
  return acceptFresh(context, fresh, session !== undefined);
}

class Contradiction {
  readonly entry: DeviceEntry;
  constructor(entry: DeviceEntry) {
    this.entry = entry;
  }
}

/** Compares entries that should be stored already with what is; answers with the last one's place. */
async function storedAgain(
  { tx, sid }: UploadContext,
  duplicates: readonly DeviceEntry[],
): Promise<{ index: number; seq: number } | Contradiction | null> {
  const first = duplicates[0];
  const last = duplicates.at(-1);
  if (first === undefined || last === undefined) return null;
  const rows = await tx
    .selectFrom('ledger_entries')
    .select(['seq', 'leaf', 'index'])
    .where('sid', '=', sid)
    .where('seq', '>=', first.record.seq)
    .where('seq', '<=', last.record.seq)
    .execute();
  const stored = new Map(rows.map((row) => [row.seq, row]));
  for (const entry of duplicates) {
    const row = stored.get(entry.record.seq);
    if (row === undefined || !row.leaf.equals(entry.leaf)) return new Contradiction(entry);
  }
  const place = stored.get(last.record.seq);
  return place === undefined ? null : { index: place.index, seq: last.record.seq };
}

/** New entries in order, then the receipt of the range, then the session's new head, all in one transaction. */
function acceptFresh(context: UploadContext, fresh: readonly DeviceEntry[], exists: boolean): Plan<Uploaded> {
  const { sid, binding, at, ledger } = context;
  const first = fresh[0];
  const last = fresh.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('want at least one entry');
  const receipt = ledger.prepare(
    { typ: 'receipt', gid: binding.gid, sid, from: first.record.seq, to: last.record.seq, head: last.name },
    at,
  );
  const next = last.record.seq + 1;
  return {
    entries: [...fresh.map(preparedOf), receipt],
    async after(tx, placed) {
      const closing = fresh.findIndex((entry) => entry.record.typ === 'session.close');
      const closed = closing < 0 ? null : (placed[closing]?.index ?? null);
      const moved = { next_seq: next, head: last.name, received_at: at };
      if (exists) {
        await tx
          .updateTable('sessions')
          .set(closed === null ? moved : { ...moved, closed })
          .where('sid', '=', sid)
          .execute();
        return;
      }
      const { gid, sub, jkt, devn, pub } = binding;
      await tx
        .insertInto('sessions')
        .values({ sid, gid, sub, jkt, devn, pub: JSON.stringify(pub), opened: placed[0]?.index ?? 0, closed, ...moved })
        .execute();
    },
    answer(placed, head) {
      const index = placed[fresh.length - 1]?.index ?? 0;
      return { reached: { index, seq: last.record.seq, next }, head };
    },
  };
}

/** Keeps the contradicting envelope and raises an alert, once; then the upload is refused. */
async function refuseFork(
  { tx, at, sid, binding, ledger }: UploadContext,
  entry: DeviceEntry,
  kind: 'fork' | 'orphan',
): Promise<Plan<Uploaded>> {
  const { seq } = entry.record;
  const kept = await tx
    .insertInto('forks')
    .values({ sid, seq, leaf: entry.name, line: entry.line, kind, at })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  const detail =
    kind === 'fork'
      ? `The device signed two different entries at seq ${seq}; the second has leaf ${entry.name} and was kept.`
      : `The entry at seq ${seq} follows an entry that the ledger does not have; it has leaf ${entry.name} and was kept.`;
  const isNew = (kept.numInsertedOrUpdatedRows ?? 0n) > 0n;
  const alert = isNew ? [ledger.prepare({ typ: 'alert', gid: binding.gid, kind, sid, seq, detail }, at)] : [];
  return {
    entries: alert,
    answer() {
      throw problem(
        409,
        kind,
        kind === 'fork' ? 'Another entry stands at this place' : 'This entry follows an unknown one',
        {
          field: `seq ${seq}`,
          detail: `Both envelopes were kept as evidence and an alert was raised. Nothing else of this batch was stored.`,
          hint: 'This session cannot continue. Tell security.',
        },
      );
    },
  };
}

const preparedOf = ({ line, leaf, record }: DeviceEntry): Prepared => ({
  line,
  leaf,
  typ: record.typ,
  gid: record.gid,
  sid: record.sid,
  seq: record.seq,
  intent: record.typ === 'intent' ? record.i : record.typ === 'outcome' ? record.of : null,
});
