/** What a client heard, in words that can be compared. */
import { Cutter } from './memory-wire.ts';

/** What the relay answers before the server could, because of names that it knows; with the server's code. */
export const ownWords: ReadonlySet<string> = new Set(['unknown_statement', 'unknown_portal', 'portal_exists']);
/** Their codes, and that of a Bind with too few values: of two errors in one Bind, each may see the other first. */
const wrongName = /^SERROR VERROR C(26000|34000|42P03|08P01 Mbind message supplies) ?.*$/s;

/** Every message, complete but for the errors above and for what is numbered anew in every session. */
export function told(bytes: Buffer): string {
  const cutter = new Cutter();
  const words = cutter.push(bytes).map(({ type, body }) => {
    const text = (type === 'T' ? withoutTables(body) : body).toString('latin1').replaceAll('\0', ' ').trim();
    return `${type}(${type === 'E' ? text.replace(wrongName, 'a wrong name').replace(/ spg_temp_\d+/, ' spg_temp') : text})`;
  });
  return `${words.join(' ')}${cutter.midMessage ? ' …' : ''}`;
}

/** A temporary table has another number in every session. */
function withoutTables(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  let at = 2;
  for (let columns = copy.readUInt16BE(0); columns > 0; columns--) {
    at = copy.indexOf(0, at) + 1;
    copy.writeUInt32BE(0, at);
    at += 18;
  }
  return copy;
}

export const readiesIn = (bytes: Buffer): number => new Cutter().push(bytes).filter(({ type }) => type === 'Z').length;
