/**
 * The evidence bundle of one grant: everything that a third party needs to check it offline (docs/record-format.md, 8).
 * NDJSON: every line is one object in RFC 8785 form, ends with a newline and says in `line` what it is. Lines stand in
 * the order of {@link LINE_ORDER}, so a verifier reads it once, front to back, and keeps almost nothing.
 * The collector writes bundles through {@link writeBundle}; `verify-bundle.ts` reads them. (I4)
 */
import { z } from 'zod';
import { concat, toBase64url, utf8 } from '../encoding.ts';
import { Fault } from '../errors.ts';
import { base64url, hash, id128, timestamp } from '../grants.ts';
import type { Primitives } from '../primitives.ts';
import { canonical } from './canonical.ts';
import { MAX_ENVELOPE_BYTES, publicJwk } from './records.ts';

export const BUNDLE_FORMAT = 'vitrine-bundle';
/** Longest line in bytes, without the newline. */
export const MAX_BUNDLE_LINE_BYTES = 256 * 1024;

const count = z.int().nonnegative();
/** Proofs of trees up to 2^53 leaves. */
const proof = z.array(hash).max(108);

export const bundleCounts = z.strictObject({
  jwks: count,
  idtoken: count,
  checkpoint: count,
  consistency: count,
  disclosure: count,
  entry: count,
});
export type BundleCounts = z.infer<typeof bundleCounts>;

export const bundleHeader = z.strictObject({
  line: z.literal('header'),
  format: z.literal(BUNDLE_FORMAT),
  v: z.literal(1),
  gid: id128,
  /** Name of the ledger: origin line of its checkpoints. */
  origin: z.string().min(1),
  /** Note verifier key of the ledger; a pinned key of the reader's own goes before it. */
  vkey: z.string(),
  /** Signs grants. */
  grant_key: publicJwk,
  /** Signs collector entries. */
  entry_key: publicJwk,
  /** SHA-256 of the policy file's bytes, as the grant names it. */
  policy: hash,
  made: timestamp,
  /** Size of the final checkpoint: every inclusion and consistency proof ends there. */
  size: count.positive(),
  counts: bundleCounts,
});

/** Keys of one identity provider as the collector had fetched them: a JWK Set (RFC 7517), public parts only. */
export const bundleJwks = z.strictObject({
  line: z.literal('jwks'),
  issuer: z.string(),
  /** When the collector fetched them. */
  fetched: timestamp,
  keys: z.array(z.looseObject({ kty: z.string() })).max(64),
});

/**
 * An ID token that the records name by hash (`idt`). For a device login, `salt` and `jkt` open the nonce
 * (base64url(SHA-256(JCS({jkt, salt})))); both are null for a person who logged in to the web pages.
 */
export const bundleIdToken = z.strictObject({
  line: z.literal('idtoken'),
  token: z.string().max(16_384),
  jkt: hash.nullable(),
  salt: id128.nullable(),
});

/** A signed checkpoint. Ascending by size; the last one is the final checkpoint and has the header's size. */
export const bundleCheckpoint = z.strictObject({ line: z.literal('checkpoint'), note: z.string().max(65_536) });

/**
 * Proof from tree size `from` to the final size. One for every size above 0 and below the final size that a checkpoint
 * line or the `ack` of an entry names; ascending.
 */
export const bundleConsistency = z.strictObject({ line: z.literal('consistency'), from: count.positive(), proof });

/** A released disclosure (`Sealed` of the upload API); only those that a `disclosure` entry allows. Ascending by `i`. */
export const bundleDisclosure = z.strictObject({
  line: z.literal('disclosure'),
  i: id128,
  sql: base64url,
  par: base64url.nullable(),
});

/**
 * One ledger entry: its envelope line as it was signed, its index, its inclusion proof in the final checkpoint.
 * Ascending by index: all entries of the grant and, as context, the `session.open` of other grants that fills a gap in
 * a device's session ordinals (`devn`) between two sessions of this grant, and `policy` entries.
 */
export const bundleEntry = z.strictObject({
  line: z.literal('entry'),
  index: count,
  entry: z.string().max(MAX_ENVELOPE_BYTES),
  inclusion: proof,
});

/** Last line. `digest` is the running digest over every line before it, see {@link nextDigest}. */
export const bundleEnd = z.strictObject({ line: z.literal('end'), counts: bundleCounts, digest: hash });

export const bundleLine = z.discriminatedUnion('line', [
  bundleHeader,
  bundleJwks,
  bundleIdToken,
  bundleCheckpoint,
  bundleConsistency,
  bundleDisclosure,
  bundleEntry,
  bundleEnd,
]);
export type BundleLine = z.infer<typeof bundleLine>;
export type BundleHeader = z.infer<typeof bundleHeader>;
export type BundleJwks = z.infer<typeof bundleJwks>;
export type BundleIdToken = z.infer<typeof bundleIdToken>;
export type BundleEntry = z.infer<typeof bundleEntry>;

export const LINE_ORDER = [
  'header',
  'jwks',
  'idtoken',
  'checkpoint',
  'consistency',
  'disclosure',
  'entry',
  'end',
] as const satisfies readonly BundleLine['line'][];

export const noCounts = (): { -readonly [K in keyof BundleCounts]: number } => ({
  jwks: 0,
  idtoken: 0,
  checkpoint: 0,
  consistency: 0,
  disclosure: 0,
  entry: 0,
});

/** The digest before the first line. */
export const FIRST_DIGEST: Uint8Array = new Uint8Array(32);
/** `d(n) = SHA-256(d(n−1) ‖ line n ‖ "\n")`, `d(0)` = 32 zero bytes: one pass, with a hash that is not incremental. */
export const nextDigest = (before: Uint8Array, line: string, p: Pick<Primitives, 'sha256'>): Uint8Array =>
  p.sha256(concat(before, utf8(`${line}\n`)));

type Part<T> = Omit<T, 'line'>;
export interface BundleParts {
  readonly header: Omit<BundleHeader, 'line' | 'format' | 'v' | 'counts'>;
  readonly jwks: readonly Part<BundleJwks>[];
  readonly idTokens: readonly Part<BundleIdToken>[];
  /** Signed notes, ascending by size, the final one last. */
  readonly checkpoints: readonly string[];
  readonly consistency: readonly Part<z.infer<typeof bundleConsistency>>[];
  readonly disclosures: readonly Part<z.infer<typeof bundleDisclosure>>[];
  /** How many entries will come; they may be streamed. */
  readonly entryCount: number;
  readonly entries: Iterable<Part<BundleEntry>> | AsyncIterable<Part<BundleEntry>>;
}

/**
 * The bundle's lines in order, each with its newline; concatenate or stream them as `application/x-ndjson`.
 * Throws a Fault when `entries` yields another number than `entryCount`.
 */
export async function* writeBundle(parts: BundleParts, p: Pick<Primitives, 'sha256'>): AsyncGenerator<string, void> {
  const counts: BundleCounts = {
    jwks: parts.jwks.length,
    idtoken: parts.idTokens.length,
    checkpoint: parts.checkpoints.length,
    consistency: parts.consistency.length,
    disclosure: parts.disclosures.length,
    entry: parts.entryCount,
  };
  let digest = FIRST_DIGEST;
  const write = (line: BundleLine): string => {
    const text = canonical(line);
    digest = nextDigest(digest, text, p);
    return `${text}\n`;
  };
  yield write({ ...parts.header, line: 'header', format: BUNDLE_FORMAT, v: 1, counts });
  for (const part of parts.jwks) yield write({ ...part, line: 'jwks' });
  for (const part of parts.idTokens) yield write({ ...part, line: 'idtoken' });
  for (const note of parts.checkpoints) yield write({ line: 'checkpoint', note });
  for (const part of parts.consistency) yield write({ ...part, line: 'consistency' });
  for (const part of parts.disclosures) yield write({ ...part, line: 'disclosure' });
  let written = 0;
  for await (const part of parts.entries) {
    written++;
    yield write({ ...part, line: 'entry' });
  }
  if (written !== parts.entryCount) {
    throw new Fault(
      'bundle_count',
      `The bundle announced ${parts.entryCount} entries but ${written} came.`,
      'Export again.',
    );
  }
  yield `${canonical({ line: 'end', counts, digest: toBase64url(digest) } satisfies BundleLine)}\n`;
}

/**
 * The tree sizes that need a consistency line: what the entries acknowledge and what the checkpoints say, without 0 and
 * the final size. For the collector, which has the entries at hand.
 */
export function consistencySizes(named: Iterable<number>, finalSize: number): number[] {
  return [...new Set(named)].filter((size) => size > 0 && size < finalSize).sort((a, b) => a - b);
}
