/** `bytea` in its hex form: bytes, lines of a hex view, and which pictures can be drawn. Pure. */

/** Characters before the first byte: `\x`. */
export const PREFIX = 2;
export const PER_LINE = 16;
export const isHex = (text: string): boolean => text.startsWith('\\x');

/** Bytes of hex digits; a last half byte is left out. */
export function bytesOf(digits: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor(digits.length / 2));
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export interface HexLine {
  /** `0001f0` */
  readonly offset: string;
  /** Two groups of eight. */
  readonly hex: string;
  readonly text: string;
}
export function hexLines(bytes: Uint8Array, from: number): HexLine[] {
  return Array.from({ length: Math.ceil(bytes.length / PER_LINE) }, (_, n) => {
    const line = bytes.subarray(n * PER_LINE, (n + 1) * PER_LINE);
    const pairs = [...line].map((byte) => byte.toString(16).padStart(2, '0'));
    return {
      offset: (from + n * PER_LINE).toString(16).padStart(8, '0'),
      hex: `${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}`.trimEnd(),
      text: [...line].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
    };
  });
}

export interface Picture {
  readonly format: 'PNG' | 'JPEG' | 'GIF' | 'WebP';
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}

/** By the first bytes, never by a name; null for anything else. A size of 0 where it is not said in them. */
export function pictureOf(bytes: Uint8Array): Picture | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ascii = (at: number, length: number) => String.fromCharCode(...bytes.subarray(at, at + length));
  if (bytes.length >= 24 && ascii(1, 3) === 'PNG' && bytes[0] === 0x89)
    return { format: 'PNG', mime: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
  if (bytes.length >= 10 && /^GIF8[79]a$/.test(ascii(0, 6)))
    return { format: 'GIF', mime: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
  if (bytes.length >= 30 && ascii(0, 4) === 'RIFF' && ascii(8, 4) === 'WEBP')
    return { format: 'WebP', mime: 'image/webp', ...webpSize(bytes, view, ascii(12, 4)) };
  if (bytes.length >= 4 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff)
    return { format: 'JPEG', mime: 'image/jpeg', ...jpegSize(view) };
  return null;
}

const unknown = { width: 0, height: 0 };

/** RFC 9649, sections 2.5 to 2.7. */
function webpSize(bytes: Uint8Array, view: DataView, chunk: string): { width: number; height: number } {
  const at = (i: number) => bytes[i] ?? 0;
  if (chunk === 'VP8 ') return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (chunk === 'VP8X')
    return {
      width: 1 + at(24) + (at(25) << 8) + (at(26) << 16),
      height: 1 + at(27) + (at(28) << 8) + (at(29) << 16),
    };
  if (chunk !== 'VP8L') return unknown;
  const packed = view.getUint32(21, true);
  return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
}

/** The first frame header (ITU T.81, B.2.2) among the segments. */
function jpegSize(view: DataView): { width: number; height: number } {
  for (let at = 2; at + 9 < view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return unknown;
    const marker = view.getUint8(at + 1);
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
  return unknown;
}

/** Larger pictures are not drawn: a few bytes can unfold to gigabytes. */
export const MOST_PIXELS = 40_000_000;
export const drawable = ({ width, height }: Picture): boolean =>
  width > 0 && height > 0 && width * height <= MOST_PIXELS;
