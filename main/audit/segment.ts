/**
 * The bytes of a segment file: frames of u32 length (big-endian), CRC-32C, body; a zero length ends it (AUDIT section 2).
 * The two highest bits of the length say what the body is. Pure.
 */
import { concat } from '../../shared/encoding.ts';

/** `entry`: an envelope line. `sealed`: a disclosure. `mark`: what this device has to remember about delivery. */
export type FrameKind = 'entry' | 'sealed' | 'mark';
const KINDS: readonly FrameKind[] = ['entry', 'sealed', 'mark'];
export const HEADER_BYTES = 8;
export const MAX_BODY_BYTES = 0x3fff_ffff;

export interface Frame {
  readonly kind: FrameKind;
  readonly body: Uint8Array;
}
/** Where a frame's body lies. */
export interface Place {
  readonly segment: number;
  readonly at: number;
  readonly length: number;
}

export function encodeFrame({ kind, body }: Frame): Uint8Array {
  if (body.length === 0 || body.length > MAX_BODY_BYTES) throw new RangeError(`a frame of ${body.length} bytes`);
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, ((KINDS.indexOf(kind) << 30) | body.length) >>> 0);
  view.setUint32(4, crc32c(header.subarray(0, 4), body));
  return concat(header, body);
}

export interface Scan {
  readonly frames: readonly (Frame & { readonly at: number })[];
  /** Where the next frame goes. */
  readonly end: number;
  /** Bytes after `end` that are not zero: a frame that was not written whole. */
  readonly torn: number;
}

/** Reads frames until the first that is not whole. */
export function scanSegment(bytes: Uint8Array): Scan {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: (Frame & { at: number })[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const word = view.getUint32(at);
    const kind = KINDS[word >>> 30];
    const length = word & MAX_BODY_BYTES;
    const body = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    if (length === 0 || kind === undefined || body.length !== length) break;
    if (crc32c(bytes.subarray(at, at + 4), body) !== view.getUint32(at + 4)) break;
    frames.push({ kind, body, at: at + HEADER_BYTES });
    at += HEADER_BYTES + length;
  }
  let last = bytes.length;
  while (last > at && bytes[last - 1] === 0) last--;
  return { frames, end: at, torn: last - at };
}

/** CRC-32C (Castagnoli, reflected 0x82F63B78) over the parts in order. The length is covered too. */
export function crc32c(...parts: readonly Uint8Array[]): number {
  let crc = 0xffff_ffff;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) crc = (TABLE[(crc ^ (part[i] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  return crc;
});
