/** Makes the {@link Ledger} out of the writer, the tiles and the entry key. */
import { leafHash, sealEnvelope } from '../../shared/audit/envelope.ts';
import { collectorRecord } from '../../shared/audit/records.ts';
import { toBase64url } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import { consistencyProof, inclusionProof } from '../../shared/tlog/merkle.ts';
import { type CollectorKeys, primitives } from '../keys.ts';
import type { Store } from '../store/index.ts';
import type { Ledger, LedgerEntry, NewCollectorRecord } from './index.ts';
import { EMPTY, TileReader } from './tree.ts';
import { type Head, LedgerWriter, loadChecked, newestHead, type Prepared, signHead } from './writer.ts';

/** The ledger with the parts that only its own routes use. */
export interface OpenLedger extends Ledger {
  readonly writer: LedgerWriter;
  readonly tiles: TileReader;
  /** Signs a collector record as of `at`; not yet placed. */
  prepare(record: NewCollectorRecord, at: Date): Prepared;
  /** The newest checkpoint, also when another collector signed it. */
  newest(): Promise<Head>;
  /** Entries, as far as this collector knows without asking. */
  knownSize(): number;
  close(): Promise<void>;
}

interface LedgerParts {
  readonly store: Store;
  readonly keys: CollectorKeys;
  now(): Date;
}

/** Proves the stored tree against its own signed checkpoint before anything is served. Throws a Fault when they differ. */
export async function openLedger({ store, keys, now }: LedgerParts): Promise<OpenLedger> {
  const tiles = new TileReader(store);
  let size = 0;
  const writer = new LedgerWriter({
    store,
    keys,
    now,
    committed(tree, complete) {
      size = tree.size;
      tiles.advance(tree, complete);
    },
  });
  const newest = async (): Promise<Head> => {
    const head = await newestHead(store);
    if (head === null) return signHead(EMPTY, keys);
    if (head.size > size) {
      tiles.advance(await loadChecked(store, head, keys));
      size = head.size;
    }
    return head;
  };
  await newest();

  const prepare = (record: NewCollectorRecord, at: Date): Prepared => {
    const whole = { t: at.toISOString(), ...record, v: 1, col: keys.entry.thumbprint };
    const checked = collectorRecord.safeParse(whole);
    if (!checked.success) {
      throw new Fault('bad_record', `A ${record.typ} record does not have its form: ${checked.error.message}`);
    }
    const line = sealEnvelope(checked.data, keys.entry.thumbprint, keys.entry.sign);
    return {
      line,
      leaf: leafHash(line, primitives),
      typ: record.typ,
      gid: record.gid,
      sid: null,
      seq: null,
      intent: record.typ === 'disclosure' ? record.of : null,
    };
  };
  const entriesOf = (rows: readonly { index: number; line: string; received_at: Date }[]): LedgerEntry[] =>
    rows.map(({ index, line, received_at }) => ({ index, line, receivedAt: received_at }));
  const until = async (size_: number): Promise<void> => {
    if (size_ <= size) return;
    await newest();
    if (size_ > size) throw new RangeError(`want a size of at most ${size}, got ${size_}`);
  };

  return {
    vkey: keys.ledger.vkey,
    writer,
    tiles,
    prepare,
    newest,
    knownSize: () => size,
    append(records, within) {
      if (records.length === 0) return Promise.resolve([]);
      return writer.submit(records.length, async (_tx, at) => ({
        entries: records.map((record) => prepare(record, at)),
        ...(within === undefined ? {} : { after: within }),
        answer: (placed) => [...placed],
      }));
    },
    decide: (decide) =>
      writer.submit(1, async (tx, at) => ({
        entries: (await decide(tx)).map((record) => prepare(record, at)),
        answer: (placed) => [...placed],
      })),
    witness: ({ line, typ, gid }, decide) =>
      writer.submit(1, async (tx, at) => {
        const records = await decide(tx);
        const leaf = leafHash(line, primitives);
        const own: Prepared = { line, leaf, typ, gid, sid: null, seq: null, intent: null };
        return {
          entries: records === null ? [] : [own, ...records.map((record) => prepare(record, at))],
          answer: (placed) => [...placed],
        };
      }),
    async head() {
      const { size: at, root, note } = await newest();
      return { size: at, root: toBase64url(root), note };
    },
    async entriesOfGrant(gid) {
      return entriesOf(
        await store
          .selectFrom('ledger_entries')
          .select(['index', 'line', 'received_at'])
          .where('gid', '=', gid)
          .orderBy('index')
          .execute(),
      );
    },
    async entries(from, to) {
      return entriesOf(
        await store
          .selectFrom('ledger_entries')
          .select(['index', 'line', 'received_at'])
          .where('index', '>=', from)
          .where('index', '<', to)
          .orderBy('index')
          .execute(),
      );
    },
    async inclusion(index, at) {
      await until(at);
      const proof = await tiles.compute((read) => inclusionProof(index, at, read, primitives));
      return proof.map(toBase64url);
    },
    async consistency(from, to) {
      if (from === 0 || from === to) return [];
      await until(to);
      const proof = await tiles.compute((read) => consistencyProof(from, to, read, primitives));
      return proof.map(toBase64url);
    },
    async noteAt(at) {
      if (at === 0) return signHead(EMPTY, keys).note;
      const row = await store.selectFrom('ledger_checkpoints').select('note').where('size', '=', at).executeTakeFirst();
      return row?.note ?? null;
    },
    close: () => writer.idle(),
  };
}
