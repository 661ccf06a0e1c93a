/** The prepared statements and portals of the model of a server, as PostgreSQL keeps them. */
import { isUtf8 } from 'node:buffer';
import { type Done, perform, rowDescription, type ServerError, type Standing, statementsOf } from './commands.ts';
import { encode, uint16 } from './memory-wire.ts';

export interface Portal {
  /** The place of its Parse among the statements that arrived. */
  readonly parse: number;
  readonly text: string;
  readonly parameters: readonly (string | null)[];
  /** What is left of it once it has begun. */
  running: { done: Done; at: number } | null;
}

export const wrong = (code: string, message: string): ServerError => ({ code, message, position: 0 });
/** Errors that are found before anything runs. */
const atParse = new Set(['42601', '42703', '25P02']);

export class ModelNames {
  readonly #statements = new Map<string, { readonly parse: number; readonly text: string }>();
  readonly #portals = new Map<string, Portal>();

  portal(name: string): Portal | undefined {
    return this.#portals.get(name);
  }

  /** These answer with the error that ends the cycle; null where there is none. */
  parse(name: string, text: string, place: number, standing: Standing): ServerError | null {
    if (name === '') this.#statements.delete('');
    else if (this.#statements.has(name)) return wrong('42P05', `statement "${name}" already exists`);
    const statements = statementsOf(text);
    if (statements.length > 1) return wrong('42601', 'cannot insert multiple commands');
    const { error } = perform(statements[0] ?? '', text, standing);
    if (error !== null && atParse.has(error.code)) return error;
    this.#statements.set(name, { parse: place, text });
    return null;
  }
  bind(name: string, statement: string, body: Buffer): ServerError | null {
    const known = this.#statements.get(statement);
    if (known === undefined) return wrong('26000', `no statement "${statement}"`);
    if (name !== '' && this.#portals.has(name)) return wrong('42P03', `portal "${name}" already exists`);
    this.#portals.set(name, { ...known, parameters: parametersOf(body), running: null });
    return null;
  }
  /** `what`: S or P and a name. */
  describe(what: string): ServerError | Buffer {
    const statement = what.startsWith('S');
    const known = statement ? this.#statements.get(what.slice(1)) : this.#portals.get(what.slice(1));
    if (known === undefined) return wrong('34000', `nothing is named "${what}"`);
    const { describes } = perform(known.text, known.text, { status: 'I', doomed: false });
    const rows = describes ? rowDescription : encode('n');
    return statement ? Buffer.concat([encode('t', uint16(0)), rows]) : rows;
  }
  close(what: string): void {
    if (what.startsWith('S')) this.#statements.delete(what.slice(1));
    else this.#portals.delete(what.slice(1));
  }

  /** A simple query does away with both. */
  dropUnnamed(): void {
    this.#statements.delete('');
    this.#portals.delete('');
  }
  endOfTransaction(): void {
    this.#portals.clear();
  }
  /** What a command does to the names. */
  done(tag: string): void {
    if (tag === 'COMMIT' || tag === 'ROLLBACK') this.endOfTransaction();
    if (tag === 'DEALLOCATE ALL')
      for (const name of this.#statements.keys()) if (name !== '') this.#statements.delete(name);
  }
}

/** Values of a Bind, as text where they can be text. */
function parametersOf(body: Buffer): (string | null)[] {
  let at = body.indexOf(0, body.indexOf(0) + 1) + 1;
  const formats = Array.from({ length: body.readUInt16BE(at) }, (_, i) => body.readUInt16BE(at + 2 + 2 * i));
  at += 2 + 2 * formats.length;
  const count = body.readUInt16BE(at);
  at += 2;
  const values: (string | null)[] = [];
  for (let i = 0; i < count; i++) {
    const length = body.readInt32BE(at);
    at += 4;
    if (length < 0) {
      values.push(null);
      continue;
    }
    const value = body.subarray(at, at + length);
    at += length;
    const binary = (formats.length === 1 ? formats[0] : formats[i]) === 1;
    values.push(binary || !isUtf8(value) ? `\\x${value.toString('hex')}` : value.toString());
  }
  return values;
}
