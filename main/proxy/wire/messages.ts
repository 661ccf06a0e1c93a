/** The messages of the protocol that the relay reads or writes itself. PostgreSQL manual, "Message Formats". */
import { isUtf8 } from 'node:buffer';
import { WireError } from './frames.ts';

const code = (letter: string): number => letter.charCodeAt(0);
/** Frontend messages. */
export const front = {
  query: code('Q'),
  parse: code('P'),
  bind: code('B'),
  execute: code('E'),
  describe: code('D'),
  close: code('C'),
  functionCall: code('F'),
  sync: code('S'),
  flush: code('H'),
  copyData: code('d'),
  copyDone: code('c'),
  copyFail: code('f'),
  terminate: code('X'),
  password: code('p'),
} as const;
/** Backend messages. */
export const back = {
  authentication: code('R'),
  backendKeyData: code('K'),
  bindComplete: code('2'),
  closeComplete: code('3'),
  commandComplete: code('C'),
  copyData: code('d'),
  copyDone: code('c'),
  copyIn: code('G'),
  copyOut: code('H'),
  copyBoth: code('W'),
  dataRow: code('D'),
  emptyQuery: code('I'),
  error: code('E'),
  functionResponse: code('V'),
  negotiateVersion: code('v'),
  noData: code('n'),
  notice: code('N'),
  notification: code('A'),
  parameterDescription: code('t'),
  parameterStatus: code('S'),
  parseComplete: code('1'),
  portalSuspended: code('s'),
  readyForQuery: code('Z'),
  rowDescription: code('T'),
} as const;

/** Protocol 3.0; a minor version is added to it. */
export const PROTOCOL_3 = 196608;
/**
 * The minor versions that are spoken here. 3.2 (PostgreSQL 18) has longer cancel keys; 3.1 was never given out. Manual,
 * "Protocol Versions".
 */
export type Minor = 0 | 2;
export const SSL_REQUEST = 80877103;
export const GSS_REQUEST = 80877104;
export const CANCEL_REQUEST = 80877102;

/** One whole message. */
export function message(type: number, ...parts: readonly (Buffer | Uint8Array)[]): Buffer {
  let length = 4;
  for (const part of parts) length += part.length;
  const bytes = Buffer.allocUnsafe(1 + length);
  bytes[0] = type;
  bytes.writeUInt32BE(length, 1);
  let at = 5;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const cstring = (text: string): Buffer => Buffer.from(`${text.replaceAll('\0', '')}\0`);
export const int32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** Reads a body from front to back; throws a WireError where it is shorter than it says. */
export class BodyReader {
  readonly #bytes: Buffer;
  #at = 0;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  get left(): number {
    return this.#bytes.length - this.#at;
  }
  take(count: number): Buffer {
    return this.#bytes.subarray(this.#pass(count), this.#at);
  }
  int32(): number {
    return this.#bytes.readInt32BE(this.#pass(4));
  }
  uint16(): number {
    return this.#bytes.readUInt16BE(this.#pass(2));
  }
  /** Bytes up to the next NUL. */
  zero(): Buffer {
    return this.#bytes.subarray(this.#passZero(), this.#at - 1);
  }
  text(): string {
    return this.#bytes.toString('utf8', this.#passZero(), this.#at - 1);
  }
  /** Names are bytes for the server and keys for us: latin1 keeps them exact. */
  name(): string {
    return this.#bytes.toString('latin1', this.#passZero(), this.#at - 1);
  }
  rest(): Buffer {
    return this.take(this.left);
  }
  /** Answers where the passed bytes begin, as does the next. */
  #pass(count: number): number {
    if (count < 0 || count > this.left) throw new WireError('message ends too early');
    this.#at += count;
    return this.#at - count;
  }
  #passZero(): number {
    const start = this.#at;
    const end = this.#bytes.indexOf(0, start);
    if (end < 0) throw new WireError('string without an end');
    this.#at = end + 1;
    return start;
  }
}

export interface ParseMessage {
  readonly name: string;
  readonly text: Buffer;
  /** Number and object ids of the parameter types, as they came. */
  readonly types: Buffer;
}
export function readParse(body: Buffer): ParseMessage {
  const reader = new BodyReader(body);
  return { name: reader.name(), text: reader.zero(), types: reader.rest() };
}
export const writeParse = (parse: ParseMessage, tag: Buffer): Buffer =>
  message(front.parse, Buffer.from(`${parse.name}\0`, 'latin1'), parse.text, tag, zero, parse.types);

export function readQuery(body: Buffer): Buffer {
  const reader = new BodyReader(body);
  const text = reader.zero();
  if (reader.left > 0) throw new WireError('bytes after the end of a query');
  return text;
}
export const writeQuery = (text: Buffer, tag: Buffer): Buffer => message(front.query, text, tag, zero);
const zero = Buffer.alloc(1);

export interface BindMessage {
  readonly portal: string;
  readonly statement: string;
  readonly parameters: readonly (string | null)[];
}
export function readBind(body: Buffer): BindMessage {
  const reader = new BodyReader(body);
  const portal = reader.name();
  const statement = reader.name();
  return { portal, statement, parameters: readParameters(reader) };
}

/** Format codes, then values: text as it is, binary (and text that is not UTF-8) as `\x` and hex. */
function readParameters(reader: BodyReader): (string | null)[] {
  const formats: number[] = [];
  for (let left = reader.uint16(); left > 0; left--) formats.push(reader.uint16());
  const parameters: (string | null)[] = [];
  const count = reader.uint16();
  for (let i = 0; i < count; i++) {
    const length = reader.int32();
    if (length === -1) {
      parameters.push(null);
      continue;
    }
    const value = reader.take(length);
    const format = formats.length === 1 ? formats[0] : formats[i];
    parameters.push(format === 1 || !isUtf8(value) ? `\\x${value.toString('hex')}` : value.toString('utf8'));
  }
  return parameters;
}

export interface FunctionCallMessage {
  readonly oid: number;
  readonly parameters: readonly (string | null)[];
}
export function readFunctionCall(body: Buffer): FunctionCallMessage {
  const reader = new BodyReader(body);
  const oid = reader.int32() >>> 0;
  return { oid, parameters: readParameters(reader) };
}

/** Fields of an ErrorResponse or NoticeResponse, by their letter. */
export type Fields = Map<string, string>;
export function readFields(body: Buffer): Fields {
  const fields: Fields = new Map();
  const reader = new BodyReader(body);
  while (reader.left > 0) {
    const letter = reader.take(1)[0] ?? 0;
    if (letter === 0) break;
    fields.set(String.fromCharCode(letter), reader.text());
  }
  return fields;
}
export function writeFields(type: number, fields: Fields): Buffer {
  const parts = [...fields].map(([letter, value]) => Buffer.concat([Buffer.from(letter), cstring(value)]));
  return message(type, ...parts, zero);
}

/** What a person is told over the wire. */
export interface Refusal {
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | null | undefined;
  /** 1-based, code points. */
  readonly position?: number | undefined;
}
export function errorResponse(severity: 'ERROR' | 'FATAL', refusal: Refusal): Buffer {
  const fields: Fields = new Map([
    ['S', severity],
    ['V', severity],
    ['C', /^[0-9A-Z]{5}$/.test(refusal.code) ? refusal.code : 'XX000'],
    ['M', refusal.message],
  ]);
  if (refusal.detail !== undefined) fields.set('D', refusal.detail);
  if (typeof refusal.hint === 'string') fields.set('H', refusal.hint);
  if (refusal.position !== undefined) fields.set('P', String(refusal.position));
  return writeFields(back.error, fields);
}

export type TransactionStatus = 'idle' | 'transaction' | 'failed';
export const statusOf = (letter: number): TransactionStatus =>
  letter === code('I') ? 'idle' : letter === code('T') ? 'transaction' : 'failed';
const letterOf = { idle: 'I', transaction: 'T', failed: 'E' } as const;
export const readyForQuery = (status: TransactionStatus): Buffer =>
  message(back.readyForQuery, Buffer.from(letterOf[status]));

/**
 * Names in lower case, because drivers differ (`DateStyle`, `datestyle`), but for protocol options (`_pq_.…`), which are
 * told back as they came. Of a name that comes twice the last value counts, as at the server.
 */
export function readStartup(body: Buffer): Map<string, string> {
  const parameters = new Map<string, string>();
  const reader = new BodyReader(body);
  for (let name = reader.text(); name !== ''; name = reader.text())
    parameters.set(name.startsWith('_pq_.') ? name : name.toLowerCase(), reader.text());
  if (reader.left > 0) throw new WireError('bytes after the end of the startup message');
  return parameters;
}

export function cancelRequest(pid: number, key: Buffer): Buffer {
  return Buffer.concat([int32(12 + key.length), int32(CANCEL_REQUEST), int32(pid), key]);
}
