/**
 * Tiles (c2sp.org/tlog-tiles): 256 hashes a tile, eight tree levels a tile level. The ledger stores and serves them;
 * any monitor can compute every proof from them. (I4)
 */
import { concat, fromUtf8, utf8 } from '../encoding.ts';
import { Fault } from '../errors.ts';
import { type Hasher, type HashReader, nodeHash } from './merkle.ts';

export const TILE_WIDTH = 256;
const TILE_LEVELS = 8;
const HASH_BYTES = 32;

export interface TileId {
  /** Tile level 0 holds leaf hashes; each hash at level L covers 256^L leaves. */
  readonly level: number;
  readonly index: number;
  /** Hashes in the tile, 1 to 256. */
  readonly width: number;
}

/** Index as three-digit path elements: 1234067 → `x001/x234/067`. */
function indexPath(index: number): string {
  const parts: string[] = [];
  for (let rest = index; ; rest = Math.floor(rest / 1000)) {
    parts.unshift(`${parts.length === 0 ? '' : 'x'}${String(rest % 1000).padStart(3, '0')}`);
    if (rest < 1000) return parts.join('/');
  }
}
const suffix = (width: number): string => (width === TILE_WIDTH ? '' : `.p/${width}`);

/** `tile/<L>/<N>[.p/<W>]` */
export const tilePath = ({ level, index, width }: TileId): string =>
  `tile/${level}/${indexPath(index)}${suffix(width)}`;
/** `tile/entries/<N>[.p/<W>]` */
export const entriesPath = (index: number, width: number): string => `tile/entries/${indexPath(index)}${suffix(width)}`;

/** Parses what follows `tile/`; `level: 'entries'` for entry bundles. Null when it is not the one spelling of a path. */
export function parseTilePath(path: string): { level: number | 'entries'; index: number; width: number } | null {
  const [, head, numbers, partial] = /^(\d{1,2}|entries)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? [];
  if (head === undefined || numbers === undefined) return null;
  const level = head === 'entries' ? head : Number(head);
  const index = Number(numbers.replaceAll(/[x/]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  if (!Number.isSafeInteger(index) || width < 1 || (partial !== undefined && width >= TILE_WIDTH)) return null;
  if (level !== 'entries' && level > 63) return null;
  const spelled = level === 'entries' ? entriesPath(index, width) : tilePath({ level, index, width });
  return spelled === `tile/${path}` ? { level, index, width } : null;
}

/** The tile that holds tree node (`level`, `index`), as wide as a tree of `size` leaves makes it. */
export function tileOf(level: number, index: number, size: number): TileId {
  const tileLevel = Math.floor(level / TILE_LEVELS);
  const first = index * 2 ** (level % TILE_LEVELS);
  const tile = Math.floor(first / TILE_WIDTH);
  return { level: tileLevel, index: tile, width: tileWidth(tileLevel, tile, size) };
}

/** Hashes that tile (`level`, `index`) has in a tree of `size` leaves; 0 when it does not exist yet. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, hashes));
}

/** A reader over tiles in memory. `tileAt` answers with the tile's bytes (full or partial) or throws. */
export const readerOfTiles =
  (tileAt: (level: number, index: number) => Uint8Array, p: Hasher): HashReader =>
  (level, index) => {
    const within = level % TILE_LEVELS;
    const first = index * 2 ** within;
    const tile = tileAt(Math.floor(level / TILE_LEVELS), Math.floor(first / TILE_WIDTH));
    return subtree(tile, first % TILE_WIDTH, 2 ** within, p);
  };

function subtree(tile: Uint8Array, first: number, count: number, p: Hasher): Uint8Array {
  if (count > 1) {
    return nodeHash(subtree(tile, first, count / 2, p), subtree(tile, first + count / 2, count / 2, p), p);
  }
  const hash = tile.subarray(first * HASH_BYTES, (first + 1) * HASH_BYTES);
  if (hash.length !== HASH_BYTES)
    throw new RangeError(`a tile of ${tile.length / HASH_BYTES} hashes has none at ${first}`);
  return hash;
}

/** Entry bundle: each entry with its length as big-endian uint16 in front. */
export function encodeEntries(lines: readonly string[]): Uint8Array {
  return concat(
    ...lines.flatMap((line) => {
      const bytes = utf8(line);
      if (bytes.length > 0xffff) throw new RangeError(`an entry of ${bytes.length} bytes does not fit a bundle`);
      return [Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes];
    }),
  );
}

export function decodeEntries(bundle: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bundle.length; ) {
    const length = ((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0);
    const bytes = bundle.subarray(at + 2, at + 2 + length);
    if (at + 2 + length > bundle.length) throw new Fault('bundle_truncated', 'The entry bundle ends inside an entry.');
    lines.push(fromUtf8(bytes));
    at += 2 + length;
  }
  return lines;
}
