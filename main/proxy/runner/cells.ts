/**
 * Values as they stand in a DataRow, as text: exactly what psql prints. PostgreSQL manual, "Message Formats". Bytes that
 * are not UTF-8 (a SQL_ASCII database sends whatever it holds) are shown as psql's own escape for them, `\xE9`, and never
 * replaced.
 */
import { isUtf8 } from 'node:buffer';
import { CELL_CHARACTERS } from '../../../shared/results.ts';
import { BodyReader } from '../wire/messages.ts';

/** A code point takes at most four bytes. */
const CLIP_BYTES = CELL_CHARACTERS * 4;

/** The values of a DataRow body as text; null is SQL NULL. */
export const readRow = (body: Buffer): (string | null)[] => cellsOf(body).map((cell) => cell && textOf(cell));

/** The same for the window: no cell longer than {@link CELL_CHARACTERS} and a mark. */
export const readClipped = (body: Buffer): (string | null)[] => cellsOf(body).map((cell) => cell && clipped(cell));

/** The bytes of each value, as views into the body. */
export function cellsOf(body: Buffer): (Buffer | null)[] {
  const reader = new BodyReader(body);
  return Array.from({ length: reader.uint16() }, () => {
    const length = reader.int32();
    return length < 0 ? null : reader.take(length);
  });
}

/** The bytes of one value, as a view into the body; null is SQL NULL, or a place outside of the row. */
export function valueAt(body: Buffer, column: number): Buffer | null {
  if (column >= body.readUInt16BE(0)) return null;
  let at = 2;
  for (let before = 0; before < column; before++) at += 4 + Math.max(0, body.readInt32BE(at));
  const length = body.readInt32BE(at);
  return length < 0 ? null : body.subarray(at + 4, at + 4 + length);
}

export function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // Decoding puts U+FFFD where it fails; the character itself may also be what stands there.
  return text.includes('\ufffd') && !isUtf8(bytes) ? withEscapes(bytes) : text;
}

function clipped(cell: Buffer): string {
  if (cell.length <= CELL_CHARACTERS) return textOf(cell);
  const text = textOf(cell.subarray(0, wholeCharacters(cell, CLIP_BYTES)));
  if (text.length <= CELL_CHARACTERS && cell.length <= CLIP_BYTES) return text;
  return `${text.slice(0, CELL_CHARACTERS)}…`;
}

/** How many of the first `most` bytes to take, not cutting through a character. */
export function wholeCharacters(bytes: Buffer, most: number): number {
  if (bytes.length <= most) return bytes.length;
  let end = most;
  while (end > most - 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return end;
}

function withEscapes(bytes: Buffer): string {
  const parts: string[] = [];
  let good = 0;
  for (let at = 0; at < bytes.length; ) {
    const size = sizeOf(bytes[at] ?? 0);
    if (size > 0 && at + size <= bytes.length && (size === 1 || isUtf8(bytes.subarray(at, at + size)))) {
      at += size;
      continue;
    }
    parts.push(bytes.toString('utf8', good, at), escapeOf(bytes[at] ?? 0));
    at++;
    good = at;
  }
  parts.push(bytes.toString('utf8', good));
  return parts.join('');
}

export const escapeOf = (byte: number): string => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** Bytes of the character that begins with this one; 0 where none does. */
const sizeOf = (lead: number): number =>
  lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
