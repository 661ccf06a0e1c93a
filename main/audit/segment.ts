/**
 * The bytes of a segment file: frames of u32 length (big-endian), CRC-32C, body; a zero length ends it (docs/record-format.md, 12).
 * The two highest bits of the length say what the body is. Pure.
 */
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

/** The frames one behind the other, as they go to the file. */
export function encodeFrames(frames: readonly Frame[]): Uint8Array {
  const whole = Buffer.allocUnsafe(frames.reduce((sum, { body }) => sum + HEADER_BYTES + body.length, 0));
  let at = 0;
  for (const { kind, body } of frames) {
    if (body.length === 0 || body.length > MAX_BODY_BYTES) throw new RangeError(`a frame of ${body.length} bytes`);
    whole.writeUInt32BE(((KINDS.indexOf(kind) << 30) | body.length) >>> 0, at);
    whole.set(body, at + HEADER_BYTES);
    whole.writeUInt32BE(crc32c(whole.subarray(at, at + 4), body), at + 4);
    at += HEADER_BYTES + body.length;
  }
  return whole;
}

/** Places of one segment that are read in one piece. */
export interface Run {
  readonly segment: number;
  readonly from: number;
  to: number;
  readonly places: Place[];
}
const MAX_RUN_BYTES = 1024 * 1024;

/** The places in their order, as few runs as that allows. */
export function runsOf(places: readonly Place[]): Run[] {
  const runs: Run[] = [];
  for (const place of places) {
    const end = place.at + place.length;
    const run = runs.at(-1);
    if (run?.segment === place.segment && run.to <= place.at && end - run.from <= MAX_RUN_BYTES) {
      run.to = end;
      run.places.push(place);
    } else runs.push({ segment: place.segment, from: place.at, to: end, places: [place] });
  }
  return runs;
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
  let crc = -1;
  for (const part of parts) {
    let i = 0;
    // Eight bytes at a step ("slicing by eight"), a third of the time of one by one: every record goes through here.
    for (const whole = part.length - 7; i < whole; i += 8) {
      crc ^= (part[i] ?? 0) | ((part[i + 1] ?? 0) << 8) | ((part[i + 2] ?? 0) << 16) | ((part[i + 3] ?? 0) << 24);
      crc =
        (TABLE[1792 + (crc & 255)] ?? 0) ^
        (TABLE[1536 + ((crc >>> 8) & 255)] ?? 0) ^
        (TABLE[1280 + ((crc >>> 16) & 255)] ?? 0) ^
        (TABLE[1024 + (crc >>> 24)] ?? 0) ^
        (TABLE[768 + (part[i + 4] ?? 0)] ?? 0) ^
        (TABLE[512 + (part[i + 5] ?? 0)] ?? 0) ^
        (TABLE[256 + (part[i + 6] ?? 0)] ?? 0) ^
        (TABLE[part[i + 7] ?? 0] ?? 0);
    }
    for (; i < part.length; i++) crc = (TABLE[(crc ^ (part[i] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** The effect of a byte that is followed by none, one, … seven others: eight tables, one behind the other. */
const TABLE = new Int32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  TABLE[byte] = crc;
}
for (let at = 256; at < TABLE.length; at++) {
  const before = TABLE[at - 256] ?? 0;
  TABLE[at] = (TABLE[before & 255] ?? 0) ^ (before >>> 8);
}
