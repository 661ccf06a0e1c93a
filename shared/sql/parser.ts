/**
 * The real PostgreSQL 18 parser (libpg-query, WebAssembly), behind three calls that never throw. The package's own
 * wrapper is not used: after an overflow of the stack its single instance can fall into an endless loop, which would
 * freeze the process and with it the deadline. Here an instance that failed in any unclean way is thrown away. (I3)
 */
// The wrapper's raw module; its interface is the part of Emscripten's that is declared below.
// @ts-expect-error: the package ships no types for this file.
import instantiate from 'libpg-query/wasm/libpg-query.js';

interface Wasm {
  _malloc(size: number): number;
  _free(pointer: number): void;
  lengthBytesUTF8(text: string): number;
  stringToUTF8(text: string, pointer: number, length: number): void;
  UTF8ToString(pointer: number): string;
  getValue(pointer: number, type: 'i32'): number;
  _wasm_parse_query_raw(text: number): number;
  _wasm_free_parse_result(result: number): void;
  _wasm_fingerprint(text: number): number;
  _wasm_normalize_query(text: number): number;
  _wasm_free_string(pointer: number): void;
}
// The declaration above is the contract of the imported file.
const fresh = instantiate as () => Promise<Wasm>;

/** Longest text that is parsed, in bytes: about a second of work. */
export const MAX_PARSED_BYTES = 1024 * 1024;

/** A node of the parse tree as libpg-query prints it: `{"SelectStmt": {…}}`. */
export type Node = { readonly [key: string]: unknown };
export interface RawStatement {
  readonly stmt: Node;
  /** Byte offset, UTF-8. */
  readonly start: number;
  /** Bytes; null means to the end of the text. */
  readonly length: number | null;
}
export type Parsed =
  | { readonly ok: true; readonly statements: readonly RawStatement[] }
  /** `position`: code points from the start, 0-based; null where the parser names none. */
  | { readonly ok: false; readonly message: string; readonly position: number | null };

/** An instance overflows sooner on a text of many operators than the server does; a clean failure either way. */
const TOO_COMPLEX = 'the statement is too complex to parse';

let current: Wasm | null = await fresh();
let coming: Promise<void> | null = null;

function discard(): void {
  current = null;
  coming ??= fresh().then((module) => {
    current = module;
    coming = null;
  });
}

/** Resolves when a parser is there; it is missing only for some 20 ms after a text that broke the last one. */
export async function parserReady(): Promise<void> {
  while (current === null && coming !== null) await coming;
}

/** Runs one call on the text's bytes; null when there is no instance or this call has broken it. */
function withText<T>(text: string, work: (wasm: Wasm, pointer: number) => T): T | null {
  const wasm = current;
  if (wasm === null || text.includes('\0')) return null;
  const length = wasm.lengthBytesUTF8(text) + 1;
  if (length > MAX_PARSED_BYTES) return null;
  try {
    const pointer = wasm._malloc(length);
    wasm.stringToUTF8(text, pointer, length);
    const value = work(wasm, pointer);
    wasm._free(pointer);
    return value;
  } catch {
    // A RangeError or RuntimeError leaves the instance's own stack where it was: it must not be used again.
    discard();
    return null;
  }
}

export function parse(text: string): Parsed {
  const answer = withText(text, (wasm, pointer): Parsed | string => {
    const result = wasm._wasm_parse_query_raw(pointer);
    const tree = wasm.getValue(result, 'i32');
    const error = wasm.getValue(result + 8, 'i32');
    let value: Parsed | string;
    if (error !== 0) {
      const position = wasm.getValue(error + 16, 'i32');
      const message = wasm.UTF8ToString(wasm.getValue(error, 'i32'));
      value = { ok: false, message, position: position > 0 ? position - 1 : null };
    } else value = wasm.UTF8ToString(tree);
    wasm._wasm_free_parse_result(result);
    return value;
  });
  if (answer === null) return { ok: false, message: TOO_COMPLEX, position: null };
  if (typeof answer !== 'string') return answer;
  // libpg-query's own output, so its shape is known.
  const tree = JSON.parse(answer) as { stmts?: { stmt?: Node; stmt_location?: number; stmt_len?: number }[] };
  const statements = (tree.stmts ?? []).map((raw) => ({
    stmt: raw.stmt ?? {},
    start: raw.stmt_location ?? 0,
    length: raw.stmt_len ?? null,
  }));
  return { ok: true, statements };
}

/** 16 hex digits; null where the text does not parse. */
export function fingerprint(text: string): string | null {
  const value = withText(text, (wasm, pointer) => takeString(wasm, wasm._wasm_fingerprint(pointer)));
  return value !== null && /^[0-9a-f]{16}$/.test(value) ? value : null;
}

/** Constants replaced by parameters; comments and some literals stay (see `normalise`). Only for text that parses. */
export function rawNormalise(text: string): string | null {
  return withText(text, (wasm, pointer) => takeString(wasm, wasm._wasm_normalize_query(pointer)));
}

function takeString(wasm: Wasm, pointer: number): string {
  const value = wasm.UTF8ToString(pointer);
  wasm._wasm_free_string(pointer);
  return value;
}
