/**
 * From the bytes of a policy file to a {@link Policy}, or a {@link PolicyFault} with the place of the first offence.
 * Aliases and anchors are refused: a policy is read by people, and a line must mean what it says where it stands.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isAlias, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { toBase64url } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import { firstIssue } from '../server/validate.ts';
import { type Finding, meaningOf } from './meaning.ts';
import type { Policy } from './model.ts';
import { policyFile } from './schema.ts';
import { askedWords, runTests } from './tests.ts';

const MAX_BYTES = 1024 * 1024;

/** `file:line:column: reason`; line and column count from 1. */
export class PolicyFault extends Fault {
  readonly line: number;
  readonly column: number;
  constructor(file: string, line: number, column: number, reason: string, options?: ErrorOptions) {
    super(
      'bad_policy',
      `${file}:${line}:${column}: ${reason}`,
      'Correct this line; `vitrine-collector policy check FILE` tells when the file is good.',
      options,
    );
    this.line = line;
    this.column = column;
  }
}

/** Reads and parses a policy file, and runs the tests that it holds: what fails them is no policy. Throws a PolicyFault. */
export async function loadPolicy(path: string): Promise<Policy> {
  const policy = await readPolicy(path);
  const failed = runTests(policy).find(({ good }) => !good);
  if (failed === undefined) return policy;
  const { test, expected, came } = failed;
  throw new PolicyFault(
    path,
    test.line,
    test.column,
    `the test ${test.name ?? askedWords(test)} expects ${expected}, but it is ${came}`,
  );
}

/** Reads and parses a policy file with the certificates that it names; its tests are not run. Throws a PolicyFault. */
export async function readPolicy(path: string): Promise<Policy> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new PolicyFault(path, 1, 1, `cannot be read (${codeOf(cause)})`, { cause });
  }
  return parsePolicy(bytes, path, (file) => readFile(resolve(dirname(path), file), 'utf8'));
}

/** `readText` reads a file that the policy names, relative to it. */
export async function parsePolicy(
  bytes: Uint8Array,
  path: string,
  readText: (file: string) => Promise<string>,
): Promise<Policy> {
  if (bytes.length > MAX_BYTES) {
    throw new PolicyFault(path, 1, 1, `the file has ${bytes.length} bytes, at most ${MAX_BYTES} are read`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PolicyFault(path, 1, 1, 'the file is not UTF-8', { cause });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    strict: true,
    // Looked for below: the library compares every key with every other one, which takes minutes for a large map.
    uniqueKeys: false,
    stringKeys: true,
    merge: false,
  });
  const position = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const at = (offset: number, reason: string, options?: ErrorOptions): PolicyFault => {
    const { line, column } = position(offset);
    return new PolicyFault(path, line, column, reason, options);
  };
  const syntax = document.errors[0] ?? document.warnings[0];
  if (syntax !== undefined) {
    const said = (syntax.message.split('\n')[0] ?? '').replace(/ at line \d.*$/, '');
    throw at(syntax.pos[0], said.includes('call stack') ? 'is nested too deeply' : said);
  }
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) throw at(startOf(node), 'aliases (*) are not allowed in a policy');
      if (node.anchor !== undefined) throw at(startOf(node), 'anchors (&) are not allowed in a policy');
      if (!isMap(node)) return;
      const seen = new Set<string>();
      for (const { key } of node.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) throw at(startOf(key), `keys must be unique, ${name.slice(0, 80)} occurs twice`);
        seen.add(name);
      }
    },
  });

  const placeOf = (where: readonly PropertyKey[]): number => offsetOf(document.contents, where);
  const parsed = policyFile.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (!parsed.success) {
    const { path: where, message } = firstIssue(parsed.error);
    throw at(placeOf(where), `${where.map(String).join('.') || 'the file'}: ${message}`);
  }
  const cas = new Map<string, string>();
  for (const [id, target] of Object.entries(parsed.data.targets)) {
    const file = target.tls.ca_file;
    if (file === undefined) continue;
    const where = ['targets', id, 'tls', 'ca_file'];
    try {
      const pem = await readText(file);
      new X509Certificate(pem);
      cas.set(id, pem);
    } catch (cause) {
      throw at(placeOf(where), `${where.join('.')}: ${file} is not a readable PEM certificate (${codeOf(cause)})`, {
        cause,
      });
    }
  }
  const refuse = ({ where, reason }: Finding): PolicyFault =>
    at(placeOf(where), `${where.map(String).join('.')}: ${reason}`);
  const hash = toBase64url(createHash('sha256').update(bytes).digest());
  return meaningOf(parsed.data, { hash, text, cas, refuse, place: (where) => position(placeOf(where)) });
}

/** Start of the deepest node on the path that exists; for a map entry that is its key. */
function offsetOf(root: Node | null, path: readonly PropertyKey[]): number {
  let node: unknown = root;
  let offset = root === null ? 0 : startOf(root);
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = startOf(pair.key);
      node = pair.value;
    } else {
      const item: unknown =
        typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)
          ? node.items[Number(step)]
          : undefined;
      if (!isNode(item)) break;
      offset = startOf(item);
      node = item;
    }
  }
  return offset;
}

const startOf = (node: Node): number => node.range?.[0] ?? 0;
const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause
    ? String(cause.code)
    : cause instanceof Error
      ? cause.message
      : 'unreadable';
