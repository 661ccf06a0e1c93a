/**
 * Public test vectors against work that is not ours. They live beside the repository; where they are
 * missing these tests are reported as skipped.
 */
import * as crypto from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fromBase64, fromHex, fromUtf8, toBase64url, toHex, utf8 } from '../encoding.ts';
import { nodePrimitives } from '../primitives.ts';
import { emptyRoot, leafHash, nodeHash, rootOfLeaves, verifyConsistency, verifyInclusion } from '../tlog/merkle.ts';
import { canonical, parseCanonical } from './canonical.ts';
import { pae } from './envelope.ts';

const p = nodePrimitives(crypto);
const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const vectors = resolve(repository, process.env.VITRINE_VECTORS ?? '../shared/vectors');
const here = existsSync(vectors);

const json = (path: string): unknown => JSON.parse(readFileSync(join(vectors, path), 'utf8'));
function files(folder: string): string[] {
  if (!here) return [];
  return readdirSync(join(vectors, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => relative(vectors, join(entry.parentPath, entry.name)))
    .sort();
}
/** Go writes an absent hash as null or as an empty string. */
const bytes = (text: string | null): Uint8Array => fromBase64(text ?? '');

interface InclusionCase {
  leafIdx: number;
  treeSize: number;
  root: string | null;
  leafHash: string | null;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
}
interface ConsistencyCase {
  size1: number;
  size2: number;
  root1: string | null;
  root2: string | null;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
}

describe.skipIf(!here)('public test vectors', () => {
  const inclusion = files('transparency-dev-merkle/testdata/inclusion');
  const consistency = files('transparency-dev-merkle/testdata/consistency');

  it('finds all 98 + 98 Merkle proof cases', () => {
    expect([inclusion.length, consistency.length]).toEqual([98, 98]);
  });
  it.each(inclusion)('agrees on inclusion case %s (I4)', (path) => {
    const c = json(path) as InclusionCase;
    const proof = (c.proof ?? []).map(bytes);
    expect(verifyInclusion(c.leafIdx, c.treeSize, bytes(c.leafHash), proof, bytes(c.root), p)).toBe(!c.wantErr);
  });
  it.each(consistency)('agrees on consistency case %s (I4)', (path) => {
    const c = json(path) as ConsistencyCase;
    const proof = (c.proof ?? []).map(bytes);
    const accepted = verifyConsistency(c.size1, c.size2, bytes(c.root1), bytes(c.root2), proof, p);
    // An empty old tree proves nothing, so 0 to 0 is refused here even where the vectors accept it.
    expect(accepted).toBe(!c.wantErr && c.size1 !== 0);
  });
  it('refuses the consistency case with sizes 0 and 0 (I4)', () => {
    const cases = consistency.map((path) => json(path) as ConsistencyCase);
    const empty = cases.filter((c) => c.size1 === 0 && c.size2 === 0);
    expect(empty.length).toBeGreaterThan(0);
    for (const c of empty) {
      const proof = (c.proof ?? []).map(bytes);
      expect(verifyConsistency(0, 0, bytes(c.root1), bytes(c.root2), proof, p)).toBe(false);
    }
  });

  it('computes the published RFC 6962 leaf, node and root hashes', () => {
    const published = json('rfc6962-roots.json') as {
      leaf_inputs_hex: string[];
      node_hashes_hex_flat_levels_8_4_2_1: string[];
      root_hashes_hex_size1_to_8: string[];
      empty_root_hex: string;
    };
    const leaves = published.leaf_inputs_hex.map((hex) => leafHash(fromHex(hex), p));
    const flat: Uint8Array[] = [];
    for (let level = leaves; ; ) {
      flat.push(...level);
      if (level.length === 1) break;
      level = Array.from({ length: level.length / 2 }, (_, i) =>
        nodeHash(level[2 * i] ?? new Uint8Array(), level[2 * i + 1] ?? new Uint8Array(), p),
      );
    }
    expect(flat.map(toHex)).toEqual(published.node_hashes_hex_flat_levels_8_4_2_1);
    const roots = leaves.map((_, i) => toHex(rootOfLeaves(leaves.slice(0, i + 1), p)));
    expect(roots).toEqual(published.root_hashes_hex_size1_to_8);
    expect(toHex(emptyRoot(p))).toBe(published.empty_root_hex);
  });

  it.each(['arrays', 'french', 'structures', 'unicode', 'values', 'weird'])('canonicalises JCS case %s', (name) => {
    const folder = join(vectors, 'jcs/testdata');
    const text = canonical(JSON.parse(readFileSync(join(folder, 'input', `${name}.json`), 'utf8')));
    const hex = readFileSync(join(folder, 'outhex', `${name}.txt`), 'utf8').replaceAll(/\s/g, '');
    expect(toHex(utf8(text))).toBe(hex);
    expect(text).toBe(readFileSync(join(folder, 'output', `${name}.json`), 'utf8').trimEnd());
    expect(canonical(parseCanonical(text))).toBe(text);
  });

  it('computes the DSSE pre-authentication encoding and verifies its P-256 signature', () => {
    const c = json('dsse.json') as {
      payloadType: string;
      body: string;
      pae: string;
      P256: { X: string; Y: string };
      sig_raw_r_s_b64: string;
    };
    const encoded = pae(c.payloadType, utf8(c.body));
    expect(fromUtf8(encoded)).toBe(c.pae);
    const coordinate = (decimal: string) => toBase64url(fromHex(BigInt(decimal).toString(16).padStart(64, '0')));
    const key = { kty: 'EC', crv: 'P-256', x: coordinate(c.P256.X), y: coordinate(c.P256.Y) } as const;
    expect(p.verify(key, encoded, fromBase64(c.sig_raw_r_s_b64))).toBe(true);
    expect(p.verify(key, encoded.slice(1), fromBase64(c.sig_raw_r_s_b64))).toBe(false);
  });
});
