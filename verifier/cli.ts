/** The command line of the verifier: arguments in, one line per finding out, an exit code. */
import * as crypto from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { MAX_BUNDLE_LINE_BYTES } from '../shared/audit/bundle.ts';
import { type BundleReport, CLASSES, type Finding, type FindingClass } from '../shared/audit/findings.ts';
import { linesOf } from '../shared/audit/lines.ts';
import { verifyBundle } from '../shared/audit/verify-bundle.ts';
import type { VerifyRsa } from '../shared/audit/verify-identity.ts';
import { Fault } from '../shared/errors.ts';
import { nodePrimitives } from '../shared/primitives.ts';
import { parseVkey } from '../shared/tlog/note.ts';

const USAGE = `Usage: vitrine-verify BUNDLE [--log-key VKEY] [--json]

Checks an evidence bundle of Vitrine offline. One line per finding; no finding means exit code 0.
  --log-key VKEY  the ledger's verifier key, from a source of your own (<name>+<id>+<base64>);
                  without it the key in the bundle is used, which proves less
  --json          print the whole report as one JSON object`;
const USAGE_EXIT = 2;

const WHAT: Readonly<Record<FindingClass, string>> = {
  bundle: 'bundle is whole',
  note: 'checkpoints are signed',
  inclusion: 'entries are in the tree',
  consistency: 'tree only ever grew',
  envelope: 'entries are signed',
  form: 'entries are well formed',
  chain: 'sessions have no gap',
  identity: 'device, grant and ID token agree',
  ack: 'devices saw the same tree',
  outcome: 'statements have outcomes',
  time: 'times fit',
  disclosure: 'disclosed texts match',
};

export interface Output {
  out(line: string): void;
  err(line: string): void;
}

const p = nodePrimitives(crypto);

/** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3), keys from 2048 bits. */
export const verifyRsa: VerifyRsa = (jwk, signed, signature) => {
  try {
    const { kty, n, e } = jwk;
    if (kty !== 'RSA' || typeof n !== 'string' || typeof e !== 'string') return false;
    const key = crypto.createPublicKey({ key: { kty, n, e }, format: 'jwk' });
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) return false;
    return crypto.verify('sha256', signed, key, signature);
  } catch {
    // A malformed key or signature verifies nothing, which is the answer.
    return false;
  }
};

export async function main(args: readonly string[], { out, err }: Output): Promise<number> {
  let bundle: string;
  let logKey: string | undefined;
  let json: boolean;
  try {
    const options = {
      'log-key': { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (values.help) {
      out(USAGE);
      return 0;
    }
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new Fault('usage', 'Name exactly one bundle.');
    bundle = path;
    json = values.json ?? false;
    logKey = values['log-key'];
    if (logKey !== undefined) parseVkey(logKey, p);
  } catch (cause) {
    err(cause instanceof Error ? cause.message : String(cause));
    if (cause instanceof Fault && cause.hint !== null) err(cause.hint);
    err(USAGE);
    return USAGE_EXIT;
  }
  try {
    const onFinding = json ? {} : { onFinding: (finding: Finding) => out(lineOf(finding)) };
    const pinned = logKey === undefined ? {} : { logKey };
    const lines = linesOf(createReadStream(bundle, { highWaterMark: 1 << 18 }), MAX_BUNDLE_LINE_BYTES);
    const report = await verifyBundle(lines, { p, verifyRsa, ...onFinding, ...pinned });
    if (json) out(JSON.stringify(report));
    else for (const line of summaryOf(report)) out(line);
    return report.exitCode;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && 'syscall' in cause)) throw cause;
    err(`${bundle} cannot be read: ${cause.message}`);
    return USAGE_EXIT;
  }
}

export function lineOf(finding: Finding): string {
  const where = finding.line === null ? '' : ` line ${finding.line}`;
  return `FINDING ${finding.class}${where}: ${finding.message}`;
}

function summaryOf({ classes, facts, found }: BundleReport): string[] {
  const checks = CLASSES.map((name) => {
    const result = classes[name];
    const state = result.found > 0 ? 'FAILED' : result.checked > 0 ? 'ok' : '-';
    const counted = result.found > 0 ? `${result.found} of ${result.checked} failed` : `${result.checked} checked`;
    return `${state.padEnd(7)}${WHAT[name]} (${counted})`;
  });
  const key = facts.logKey === 'pinned' ? 'the log key you gave' : "the bundle's own log key; pin one with --log-key";
  return [
    ...checks,
    `grant ${facts.gid ?? 'unknown'}: ${facts.person ?? 'unknown'} on ${facts.target ?? 'unknown'}`,
    `${facts.sessions} sessions, ${facts.statements} statements, ${facts.rows} rows; ${facts.entries} entries`,
    `ledger ${facts.origin ?? 'unknown'}, ${facts.size} entries, root ${facts.root ?? 'unknown'}; ${key}`,
    found === 0 ? 'No findings.' : `${found} ${found === 1 ? 'finding' : 'findings'}.`,
  ];
}
