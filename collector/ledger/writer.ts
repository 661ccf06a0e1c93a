/**
 * The one writer of the ledger. Jobs queue up; whatever queued while the last transaction ran goes into the next one,
 * at most 256 entries or 250 ms of work. Nothing waits while the writer is idle. One transaction holds the advisory
 * lock, the entries, the tiles and the signed checkpoint; a job is answered only after it has committed. (I4, I5)
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import { equalBytes, toBase64url } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import { openCheckpoint, signCheckpoint } from '../../shared/tlog/checkpoint.ts';
import { type CollectorKeys, primitives } from '../keys.ts';
import type { Database } from '../store/index.ts';
import type { Placed } from './index.ts';
import { type CompleteTile, EMPTY, grow, loadTree, rootOfTree, type Tree } from './tree.ts';

/** An envelope ready to be placed, with what the store's columns say about it. */
export interface Prepared {
  readonly line: string;
  readonly leaf: Uint8Array;
  readonly typ: string;
  readonly gid: string | null;
  readonly sid: string | null;
  readonly seq: number | null;
  readonly intent: string | null;
}
/** A signed checkpoint; `root` is 32 bytes. */
export interface Head {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
}
/** What a job wants to be done, decided while it holds the lock. */
export interface Plan<T> {
  readonly entries: readonly Prepared[];
  /** Further writes of the same transaction. */
  after?(tx: Transaction<Database>, placed: readonly Placed[]): Promise<void>;
  /** Runs after the commit; may throw, which refuses only this job and keeps what was committed. */
  answer(placed: readonly Placed[], head: Head): T | Promise<T>;
}
export type Job<T> = (tx: Transaction<Database>, at: Date) => Promise<Plan<T>>;

interface Queued {
  /** Entries it will bring, about. */
  readonly weight: number;
  /** Plans and places; answers how to settle after the commit. */
  run(group: Group): Promise<(head: Head) => void>;
  fail(error: unknown): void;
}

const WRITER_LOCK = 0x5669_7402;
const MAX_ENTRIES = 256;
const MAX_MS = 250;

interface WriterParts {
  readonly store: Kysely<Database>;
  readonly keys: Pick<CollectorKeys, 'ledger'>;
  now(): Date;
  /** Told after every commit that added entries. */
  committed(tree: Tree, tiles: readonly CompleteTile[], head: Head): void;
}

export class LedgerWriter {
  readonly #parts: WriterParts;
  readonly #queue: Queued[] = [];
  #tree: Tree = EMPTY;
  #running: Promise<void> | null = null;
  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** Resolves with the plan's answer once everything it wrote is durable. */
  submit<T>(weight: number, job: Job<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({
        weight,
        fail: reject,
        async run(group) {
          const plan = await job(group.tx, group.at);
          const placed = await group.place(plan.entries);
          await plan.after?.(group.tx, placed);
          return (head) => {
            Promise.resolve()
              .then(() => plan.answer(placed, head))
              .then(resolve, reject);
          };
        },
      });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing is queued or running. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async #drain(): Promise<void> {
    // The first job leaves at once; a turn of the event loop lets its neighbours join it.
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#commit(this.#take());
    this.#running = null;
  }

  #take(): Queued[] {
    const taken: Queued[] = [];
    let weight = 0;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (taken.length > 0 && weight + next.weight > MAX_ENTRIES) break;
      weight += next.weight;
      taken.push(next);
      this.#queue.shift();
    }
    return taken;
  }

  /** One transaction. When it fails before its commit, each job is tried alone, so that one cannot take others down. */
  async #commit(jobs: readonly Queued[]): Promise<void> {
    const { store, now, committed } = this.#parts;
    let committing = false;
    let late: readonly Queued[] = [];
    try {
      const settled = await store.transaction().execute(async (tx) => {
        const group = await this.#begin(tx, now());
        const settle: ((head: Head) => void)[] = [];
        const started = performance.now();
        for (const [i, job] of jobs.entries()) {
          if (i > 0 && performance.now() - started > MAX_MS) {
            late = jobs.slice(i);
            break;
          }
          settle.push(await job.run(group));
        }
        const head = await group.finish();
        committing = true;
        return { group, settle, head };
      });
      const { group, settle, head } = settled;
      this.#tree = group.tree;
      committed(group.tree, group.tiles, head);
      for (const answer of settle) answer(head);
      this.#queue.unshift(...late);
    } catch (error) {
      if (jobs.length === 1 || committing) {
        for (const job of jobs) job.fail(error);
        return;
      }
      for (const job of jobs) await this.#commit([job]);
    }
  }

  async #begin(tx: Transaction<Database>, at: Date): Promise<Group> {
    await sql`select pg_advisory_xact_lock(${WRITER_LOCK}), set_config('synchronous_commit', 'on', true)`.execute(tx);
    const newest = await newestHead(tx);
    if (newest !== null && newest.size !== this.#tree.size) {
      // Another collector wrote, or this one has just started.
      this.#tree = await loadChecked(tx, newest, this.#parts.keys);
    }
    return new Group(tx, at, this.#tree, newest, this.#parts.keys);
  }
}

/** The newest signed checkpoint, or null for a ledger without entries. */
export async function newestHead(db: Kysely<Database>): Promise<Head | null> {
  const row = await db
    .selectFrom('ledger_checkpoints')
    .select(['size', 'root', 'note'])
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Loads the tree and proves that it is the one that was signed. Throws a Fault when the store was tampered with. */
export async function loadChecked(
  db: Kysely<Database>,
  head: Head,
  keys: Pick<CollectorKeys, 'ledger'>,
): Promise<Tree> {
  const tree = await loadTree(db, head.size);
  const signed = openCheckpoint(head.note, keys.ledger.key, primitives);
  if (signed.size !== head.size || !equalBytes(signed.root, rootOfTree(tree))) {
    throw new Fault(
      'ledger_broken',
      `The stored ledger of ${head.size} entries is not the one that its checkpoint signs. Nothing was written.`,
      'Restore the database from a backup, and compare it with the checkpoints that devices hold.',
    );
  }
  return tree;
}

export const signHead = (tree: Tree, keys: Pick<CollectorKeys, 'ledger'>): Head => {
  const root = rootOfTree(tree);
  const { origin, signer } = keys.ledger;
  return { size: tree.size, root, note: signCheckpoint({ origin, size: tree.size, root }, signer) };
};

/** One transaction's worth of entries. */
class Group {
  readonly tx: Transaction<Database>;
  readonly at: Date;
  tree: Tree;
  readonly tiles: CompleteTile[] = [];
  readonly #newest: Head | null;
  readonly #keys: Pick<CollectorKeys, 'ledger'>;
  constructor(
    tx: Transaction<Database>,
    at: Date,
    tree: Tree,
    newest: Head | null,
    keys: Pick<CollectorKeys, 'ledger'>,
  ) {
    this.tx = tx;
    this.at = at;
    this.tree = tree;
    this.#newest = newest;
    this.#keys = keys;
  }

  async place(entries: readonly Prepared[]): Promise<Placed[]> {
    if (entries.length === 0) return [];
    const first = this.tree.size;
    const grown = grow(
      this.tree,
      entries.map((entry) => entry.leaf),
    );
    this.tree = grown.tree;
    this.tiles.push(...grown.tiles);
    await sql`
      insert into ledger_entries (index, line, leaf, typ, gid, sid, seq, intent, received_at)
      select ${first}::bigint + at - 1, line, decode(leaf, 'base64'), typ, gid, sid, seq, intent, ${this.at}
      from unnest(
        ${entries.map((entry) => entry.line)}::text[],
        ${entries.map((entry) => Buffer.from(entry.leaf).toString('base64'))}::text[],
        ${entries.map((entry) => entry.typ)}::text[],
        ${entries.map((entry) => entry.gid)}::text[],
        ${entries.map((entry) => entry.sid)}::text[],
        ${entries.map((entry) => entry.seq)}::bigint[],
        ${entries.map((entry) => entry.intent)}::text[]
      ) with ordinality as batch (line, leaf, typ, gid, sid, seq, intent, at)`.execute(this.tx);
    return entries.map((entry, i) => ({ index: first + i, leaf: toBase64url(entry.leaf) }));
  }

  /** Stores tiles and the new checkpoint; answers with the head after this group. */
  async finish(): Promise<Head> {
    const head = signHead(this.tree, this.#keys);
    if (this.tree.size === (this.#newest?.size ?? 0)) return this.#newest ?? head;
    if (this.tiles.length > 0) {
      const rows = this.tiles.map(({ level, n, hashes, root }) => ({
        level,
        n,
        hashes: Buffer.from(hashes),
        root: Buffer.from(root),
      }));
      await this.tx.insertInto('ledger_tiles').values(rows).execute();
    }
    await this.tx
      .insertInto('ledger_checkpoints')
      .values({ size: head.size, root: Buffer.from(head.root), note: head.note, at: this.at })
      .execute();
    return head;
  }
}
