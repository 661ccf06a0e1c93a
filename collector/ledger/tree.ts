/**
 * The tree as tiles. Complete tiles are stored once and never touched again; the right edge, at most 255 hashes a
 * level, is rebuilt from the entries and the roots of complete tiles. (I4, I5)
 */
import { type Kysely, sql } from 'kysely';
import { concat } from '../../shared/encoding.ts';
import { type HashReader, nodeHash, nodesNeeded, rootOf } from '../../shared/tlog/merkle.ts';
import { readerOfTiles, TILE_WIDTH, tileOf } from '../../shared/tlog/tile.ts';
import { primitives } from '../keys.ts';
import type { Database } from '../store/index.ts';

export interface Tree {
  readonly size: number;
  /** Per tile level: the hashes of the tile that is not complete yet. */
  readonly edge: readonly (readonly Uint8Array[])[];
}
export interface CompleteTile {
  readonly level: number;
  readonly n: number;
  readonly hashes: Uint8Array;
  readonly root: Uint8Array;
}

export const EMPTY: Tree = { size: 0, edge: [] };

/** The tree with these leaf hashes appended, and the tiles that became complete. Pure. */
export function grow(tree: Tree, leaves: readonly Uint8Array[]): { tree: Tree; tiles: CompleteTile[] } {
  const edge = tree.edge.map((hashes) => [...hashes]);
  const tiles: CompleteTile[] = [];
  let size = tree.size;
  const push = (level: number, hash: Uint8Array): void => {
    const row = edge[level] ?? [];
    edge[level] = row;
    row.push(hash);
    if (row.length < TILE_WIDTH) return;
    const hashes = concat(...row);
    const read = readerOfTiles(() => hashes, primitives);
    const root = nodeHash(read(7, 0), read(7, 1), primitives);
    // After this leaf, level `level` counts size/256^level hashes, all in complete tiles.
    tiles.push({ level, n: size / TILE_WIDTH ** (level + 1) - 1, hashes, root });
    edge[level] = [];
    push(level + 1, root);
  };
  for (const leaf of leaves) {
    size += 1;
    push(0, leaf);
  }
  return { tree: { size, edge }, tiles };
}

/** Reads hashes of any tree up to the newest one it was told about; complete tiles are kept in memory, bounded. */
export class TileReader {
  readonly #store: Kysely<Database>;
  readonly #tiles = new Map<string, Uint8Array>();
  #tree: Tree = EMPTY;
  constructor(store: Kysely<Database>) {
    this.#store = store;
  }

  /** `tiles` are those that became complete since; they spare a read. */
  advance(tree: Tree, tiles: readonly CompleteTile[] = []): void {
    if (tree.size < this.#tree.size) return;
    this.#tree = tree;
    for (const { level, n, hashes } of tiles) this.#keep(`${level}/${n}`, hashes);
  }

  /** Bytes of a tile, complete or as far as the tree has come. Throws a RangeError where there is none. */
  async tile(level: number, n: number): Promise<Uint8Array> {
    const tree = this.#tree;
    const complete = Math.floor(tree.size / TILE_WIDTH ** (level + 1));
    if (n > complete) throw new RangeError(`no tile ${level}/${n} in a tree of ${tree.size}`);
    if (n === complete) return concat(...(tree.edge[level] ?? []));
    const name = `${level}/${n}`;
    const kept = this.#tiles.get(name);
    if (kept !== undefined) return kept;
    const row = await this.#store
      .selectFrom('ledger_tiles')
      .select('hashes')
      .where('level', '=', level)
      .where('n', '=', n)
      .executeTakeFirst();
    if (row === undefined) throw new RangeError(`tile ${level}/${n} is missing from the store`);
    this.#keep(name, row.hashes);
    return row.hashes;
  }

  /** Runs a pure computation over the tree: fetches the tiles that it will read, then computes. */
  async compute<T>(work: (read: HashReader) => T): Promise<T> {
    const names = new Map<string, { level: number; n: number }>();
    for (const { level, index } of nodesNeeded(work)) {
      const tile = tileOf(level, index, this.#tree.size);
      names.set(`${tile.level}/${tile.index}`, { level: tile.level, n: tile.index });
    }
    const tiles = new Map<string, Uint8Array>();
    for (const [name, { level, n }] of names) tiles.set(name, await this.tile(level, n));
    return work(
      readerOfTiles((level, index) => {
        const bytes = tiles.get(`${level}/${index}`);
        if (bytes === undefined) throw new RangeError(`tile ${level}/${index} was not fetched`);
        return bytes;
      }, primitives),
    );
  }

  #keep(name: string, bytes: Uint8Array): void {
    // 8 MiB of tiles; the oldest goes first.
    if (this.#tiles.size >= 1024) {
      const oldest = this.#tiles.keys().next();
      if (oldest.done !== true) this.#tiles.delete(oldest.value);
    }
    this.#tiles.set(name, bytes);
  }
}

/** Rebuilds the right edge of the tree of `size` from the store. */
export async function loadTree(db: Kysely<Database>, size: number): Promise<Tree> {
  const edge: Uint8Array[][] = [];
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const first = hashes - (hashes % TILE_WIDTH);
    const found =
      level === 0
        ? await sql<{ hash: Buffer }>`
            select leaf as hash from ledger_entries where index >= ${first} and index < ${hashes} order by index`.execute(
            db,
          )
        : await sql<{ hash: Buffer }>`
            select root as hash from ledger_tiles
            where level = ${level - 1} and n >= ${first} and n < ${hashes} order by n`.execute(db);
    edge[level] = found.rows.map((row) => row.hash);
  }
  return { size, edge };
}

/** Root of a tree from its right edge alone: every complete subtree left of the edge is one hash of a level above. */
export function rootOfTree(tree: Tree): Uint8Array {
  const bytes = tree.edge.map((hashes) => concat(...hashes));
  const read = readerOfTiles((level) => bytes[level] ?? new Uint8Array(0), primitives);
  // rootOf asks only for the complete subtrees of the binary form of `size`; those lie in the edge tiles.
  return rootOf(tree.size, read, primitives);
}
