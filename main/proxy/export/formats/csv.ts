/**
 * RFC 4180: CRLF, a header, quotes where a value needs them. NULL is nothing at all and an empty text is `""`, which is
 * what PostgreSQL's own COPY reads and writes. The bytes of a value are never changed.
 */
import { type Columns, eachCell, type Format } from './format.ts';
import type { Out } from './out.ts';

export type Delimiter = ',' | ';' | '\t';
export interface CsvOptions {
  readonly delimiter: Delimiter;
  readonly header: boolean;
  readonly newline: '\r\n' | '\n';
}

const QUOTE = 0x22;

export function csv(columns: Columns, options: CsvOptions): Format {
  const delimiter = options.delimiter.charCodeAt(0);
  const special = new Uint8Array(256);
  for (const byte of [delimiter, QUOTE, 0x0a, 0x0d]) special[byte] = 1;

  const cell = (out: Out, body: Buffer, from: number, to: number): void => {
    let quoted = from === to || isEndMark(body, from, to);
    for (let i = from; i < to && !quoted; i++) quoted = special[body[i] ?? 0] === 1;
    if (quoted) out.quoted(QUOTE, body, from, to);
    else out.bytes(body, from, to);
  };

  return {
    most: null,
    head(out) {
      if (!options.header) return;
      for (const [i, { name }] of columns.entries()) {
        if (i > 0) out.byte(delimiter);
        const bytes = Buffer.from(name);
        cell(out, bytes, 0, bytes.length);
      }
      out.text(options.newline);
    },
    row(out, body) {
      eachCell(body, (index, from, to) => {
        if (index > 0) out.byte(delimiter);
        if (from >= 0) cell(out, body, from, to);
      });
      out.text(options.newline);
    },
    tail() {},
  };
}

/** `\.` alone on a line ends the data for COPY before PostgreSQL 18. */
const isEndMark = (body: Buffer, from: number, to: number): boolean =>
  to - from === 2 && body[from] === 0x5c && body[from + 1] === 0x2e;
