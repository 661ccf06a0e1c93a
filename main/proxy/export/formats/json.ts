/**
 * An array of objects, or one object a line (NDJSON), as PostgreSQL's own `row_to_json` would have them, with one
 * exception: a number that a reader would round (more digits than a double holds) is a string. json and jsonb stand as
 * they are; NaN, infinities and everything else are strings with the text that psql prints.
 */
import { isUtf8 } from 'node:buffer';
import { textOf } from '../../runner/cells.ts';
import { type Cell, type Columns, eachCell, type Format, types } from './format.ts';
import type { Out } from './out.ts';

export const json = (columns: Columns): Format => {
  const line = objects(columns);
  let rows = 0;
  return {
    most: null,
    head: (out) => out.text('['),
    row(out, body) {
      out.text(rows++ === 0 ? '\n' : ',\n');
      line(out, body);
    },
    tail: (out) => out.text(rows === 0 ? ']\n' : '\n]\n'),
  };
};

export const ndjson = (columns: Columns): Format => {
  const line = objects(columns);
  return {
    most: null,
    head() {},
    row(out, body) {
      line(out, body);
      out.byte(NEWLINE);
    },
    tail() {},
  };
};

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function objects(columns: Columns): (out: Out, body: Buffer) => void {
  const keys = uniqueNames(columns.map(({ name }) => name)).map((name, i) =>
    Buffer.from(`${i === 0 ? '' : ','}${JSON.stringify(name)}:`),
  );
  const cells = columns.map(({ type }) => cellOf(type));
  return (out, body) => {
    out.byte(0x7b);
    eachCell(body, (index, from, to) => {
      const key = keys[index];
      if (key === undefined) return;
      out.bytes(key, 0, key.length);
      if (from < 0) out.text('null');
      else (cells[index] ?? string)(out, body, from, to);
    });
    out.byte(0x7d);
  };
}

/** The second `a` becomes `a_2`, unless that is a column, too: an object has each key once. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let n = 2; seen.has(free); n++) {
      const next = `${name}_${n}`;
      if (!taken.has(next)) free = next;
    }
    seen.add(free);
    taken.add(free);
    return free;
  });
}

function cellOf(type: number): Cell {
  if (type === types.bool) return (out, body, from) => out.text(body[from] === 0x74 ? 'true' : 'false');
  if (types.exact.has(type)) return exact;
  if (types.float.has(type)) return float;
  if (type === types.json || type === types.jsonb) return document;
  return string;
}

const exact: Cell = (out, body, from, to) => {
  // Up to fifteen digits, with sign and point, are the same after a way through a double.
  if (isNumber(body, from, to) && (to - from <= 15 || survives(body.toString('latin1', from, to))))
    out.bytes(body, from, to);
  else string(out, body, from, to);
};

/** A float's text is the shortest that reads back as the same float. */
const float: Cell = (out, body, from, to) =>
  isNumber(body, from, to) ? out.bytes(body, from, to) : string(out, body, from, to);

/** Not NaN, Infinity or -Infinity. */
function isNumber(body: Buffer, from: number, to: number): boolean {
  const first = body[from] === 0x2d ? from + 1 : from;
  const byte = body[first] ?? 0;
  return first < to && byte >= 0x30 && byte <= 0x39;
}

function survives(text: string): boolean {
  const digits = text.replace(/^-/, '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
  if (digits.length <= 15) return text.length <= 300;
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text));
}

/** Line breaks between its parts are only space; inside its strings there are none. */
const document: Cell = (out, body, from, to) => {
  if (!valid(body, from, to)) {
    string(out, body, from, to);
    return;
  }
  let run = from;
  for (let i = from; i < to; i++) {
    if (body[i] !== NEWLINE && body[i] !== RETURN) continue;
    out.bytes(body, run, i);
    out.byte(0x20);
    run = i + 1;
  }
  out.bytes(body, run, to);
};

const string: Cell = (out, body, from, to) => {
  if (!valid(body, from, to)) {
    out.text(JSON.stringify(textOf(body.subarray(from, to))));
    return;
  }
  out.byte(QUOTE);
  let run = from;
  for (let i = from; i < to; i++) {
    const byte = body[i] ?? 0;
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) continue;
    out.bytes(body, run, i);
    out.text(escapes[byte] ?? '');
    run = i + 1;
  }
  out.bytes(body, run, to);
  out.byte(QUOTE);
};

/** By byte: what JSON.stringify makes of it. */
const escapes: readonly string[] = Array.from({ length: 128 }, (_, byte) =>
  JSON.stringify(String.fromCharCode(byte)).slice(1, -1),
);

function valid(body: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((body[i] ?? 0) >= 0x80) return isUtf8(body.subarray(from, to));
  return true;
}
