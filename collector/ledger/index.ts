/**
 * The ledger: an RFC 6962 tree of signed records on PostgreSQL. One writer at a time, through an advisory lock; entries,
 * tiles and the new signed checkpoint are one transaction, and nobody gets an answer before it is durable. Nothing in
 * it is ever changed or removed. Upholds I4 and I5. Rooms of the collector append their own records through
 * {@link Ledger}; devices upload theirs through the routes that {@link registerLedger} adds.
 */
import type { Transaction } from 'kysely';
import type { CollectorRecord } from '../../shared/audit/records.ts';
import type { Database } from '../store/index.ts';

export { openLedger } from './open.ts';
export { registerLedger } from './routes.ts';
export { openSeals } from './seals.ts';

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A collector record without what the ledger fills in: `v`, `col`, and `t` where it is left out. */
export type NewCollectorRecord = DistributiveOmit<CollectorRecord, 'v' | 'col' | 't'> & { readonly t?: string };

/** Where an entry stands: ledger index and leaf hash (base64url). */
export interface Placed {
  readonly index: number;
  readonly leaf: string;
}

export interface LedgerEntry {
  readonly index: number;
  /** The exact envelope. */
  readonly line: string;
  readonly receivedAt: Date;
}

export interface Ledger {
  /** C2SP verifier key. */
  readonly vkey: string;
  /**
   * Signs and appends records, contiguous and in order; resolves when they, the tree and a checkpoint over them are
   * durable. `within` runs in the same transaction, so that a room's own state and its record stand or fall together.
   */
  append(
    records: readonly NewCollectorRecord[],
    within?: (tx: Transaction<Database>, placed: readonly Placed[]) => Promise<void>,
  ): Promise<Placed[]>;
  /**
   * As `append`, for records that can be told only while nobody else writes: `decide` runs in the transaction, with the
   * ledger held, writes its own state there, and answers with the records. It may run again after a rollback.
   */
  decide(decide: (tx: Transaction<Database>) => Promise<readonly NewCollectorRecord[]>): Promise<Placed[]>;
  /**
   * As `decide`, with an envelope line that a device signed in front of the records; null: nothing is stored. The caller
   * has checked the line, its signature and that it is no entry of a session.
   */
  witness(
    device: { readonly line: string; readonly typ: string; readonly gid: string },
    decide: (tx: Transaction<Database>) => Promise<readonly NewCollectorRecord[] | null>,
  ): Promise<Placed[]>;
  head(): Promise<{ size: number; root: string; note: string }>;
  /** Device and collector entries of a grant, by index. */
  entriesOfGrant(gid: string): Promise<LedgerEntry[]>;
  /** Entries `[from, to)`, by index. */
  entries(from: number, to: number): Promise<LedgerEntry[]>;
  /** Audit path of an entry in the tree of `size`; base64url hashes. */
  inclusion(index: number, size: number): Promise<string[]>;
  /** Proof that the tree of `from` is a prefix of the tree of `to`; empty when `from` is 0 or equal. */
  consistency(from: number, to: number): Promise<string[]>;
  /** The signed checkpoint over exactly `size` entries, or null where none was signed at that size. */
  noteAt(size: number): Promise<string | null>;
}

/** The sealed full texts of statements, AES-256-GCM at rest. Opening one is a `disclosure` entry: the caller writes it first. */
export interface Seals {
  /** `sql` and `par` as the device disclosed them (base64url JSON), or null where nothing is held. */
  open(intent: string): Promise<{ sql: string; par: string | null } | null>;
  /** Which of these intents have a sealed text. */
  held(intents: readonly string[]): Promise<ReadonlySet<string>>;
}
