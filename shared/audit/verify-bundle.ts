/**
 * Checks an evidence bundle from its first line to its last (docs/record-format.md, 9), trusting neither client nor collector:
 * only the log key, which the reader should bring. The command line and the review page run this same code with their
 * own primitives. Reads each line once and keeps little more than what is still open. (I4, I5)
 *
 * @example
 * const report = await verifyBundle(linesOf(stream), { p: nodePrimitives(crypto), verifyRsa, logKey });
 * process.exitCode = report.exitCode;
 */
import type { z } from 'zod';
import { toBase64url } from '../encoding.ts';
import { Fault } from '../errors.ts';
import type { Primitives } from '../primitives.ts';
import { thumbprint } from './binding.ts';
import {
  type BundleCounts,
  type BundleEntry,
  type BundleHeader,
  type BundleLine,
  bundleLine,
  FIRST_DIGEST,
  LINE_ORDER,
  nextDigest,
  noCounts,
} from './bundle.ts';
import { parseCanonical } from './canonical.ts';
import { openCommitment } from './commitment.ts';
import { leafHash, type OpenedEnvelope, openEnvelope, verifyEnvelope } from './envelope.ts';
import { type BundleReport, type Finding, Findings } from './findings.ts';
import {
  type CollectorRecord,
  collectorRecord,
  type DeviceRecord,
  deviceRecord,
  type EnvelopeOpened,
  envelopeOpened,
} from './records.ts';
import { ApprovalsCheck } from './verify-approvals.ts';
import { ChangesCheck } from './verify-changes.ts';
import { EnvelopeCheck } from './verify-envelope.ts';
import { IdentityCheck, type VerifyRsa } from './verify-identity.ts';
import { SessionCheck, TOLERANCE_MS } from './verify-session.ts';
import { StepUpCheck } from './verify-step-up.ts';
import { TreeCheck } from './verify-tree.ts';

export interface VerifyOptions {
  readonly p: Primitives;
  /** For ID tokens signed with RS256; without it they count as not signed. */
  readonly verifyRsa?: VerifyRsa;
  /** Verifier key of the ledger that the reader trusts; without one, the bundle's own is used and the report says so. */
  readonly logKey?: string;
  /** Called for each finding as it is made. */
  readonly onFinding?: (finding: Finding) => void;
}

/** `lines` without their newlines; see `linesOf`. Never rejects because of what a bundle holds: that is a finding. */
export async function verifyBundle(
  lines: Iterable<string> | AsyncIterable<string>,
  options: VerifyOptions,
): Promise<BundleReport> {
  const verifier = new BundleVerifier(options);
  try {
    for await (const line of lines) await verifier.feed(line);
  } catch (cause) {
    // The line reader found bytes that are no lines of text; anything else is a defect.
    if (!(cause instanceof Fault)) throw cause;
    verifier.unreadable(cause.message);
  }
  return verifier.finish();
}

type Part<L extends BundleLine['line']> = Extract<BundleLine, { line: L }>;

/** The same, line by line, for callers that want to show progress in between. */
export class BundleVerifier {
  readonly #options: VerifyOptions;
  readonly #p: Primitives;
  readonly #findings: Findings;
  #line = 0;
  #digest: Uint8Array = FIRST_DIGEST;
  #stage = -1;
  readonly #counts = noCounts();
  #header: BundleHeader | null = null;
  #tree: TreeCheck | null = null;
  #identity: IdentityCheck | null = null;
  #approvals: ApprovalsCheck | null = null;
  #changes: ChangesCheck | null = null;
  #stepUp: StepUpCheck | null = null;
  #envelope: EnvelopeCheck | null = null;
  #collectorKey = '';
  #ended = false;
  #index = -1;
  readonly #sessions = new Map<string, SessionCheck>();
  /** Session ordinals seen per device, of this grant and of context entries. */
  readonly #ordinals = new Map<string, Map<number, 'own' | 'context'>>();
  readonly #disclosures = new Map<string, Part<'disclosure'>>();
  readonly #disclosed = new Set<string>();
  #lastDisclosed = '';
  /** Collector times by index, only where the latest so far moves. */
  readonly #times: { index: number; t: number }[] = [];
  #devices = 0;
  #collectors = 0;

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#p = options.p;
    this.#findings = new Findings(options.onFinding);
  }

  /** One line without its newline. */
  async feed(text: string): Promise<void> {
    this.#line++;
    this.#findings.line = this.#line;
    this.#findings.index = null;
    if (this.#ended) {
      this.#findings.add('bundle', 'There is something behind the last line.');
      return;
    }
    const line = this.#parse(text);
    if (line !== null) {
      if (this.#inOrder(line)) await this.#take(line);
    }
    this.#digest = nextDigest(this.#digest, text, this.#p);
  }

  /** The bundle goes on with what is not lines of text. */
  unreadable(why: string): void {
    this.#findings.line = this.#line + 1;
    this.#findings.add('bundle', why);
  }

  finish(): BundleReport {
    this.#findings.line = null;
    this.#findings.index = null;
    this.#findings.check('bundle', this.#ended, () => 'The bundle ends before its last line: it is cut off.');
    this.#tree?.end();
    this.#identity?.end();
    let statements = 0;
    let rows = 0;
    for (const session of this.#sessions.values()) {
      session.end();
      statements += session.statements;
      rows += session.rows;
    }
    this.#checkOrdinals();
    this.#checkDisclosures();
    const header = this.#header;
    const claims = this.#identity?.claims ?? null;
    const final = this.#tree?.final ?? null;
    return this.#findings.report({
      gid: header?.gid ?? null,
      origin: header?.origin ?? null,
      logKey: this.#options.logKey === undefined ? 'bundle' : 'pinned',
      size: final?.size ?? 0,
      root: final === null ? null : toBase64url(final.root),
      made: header?.made ?? null,
      person: claims?.name ?? null,
      target: claims?.target.label ?? null,
      entries: this.#counts.entry,
      device_records: this.#devices,
      collector_records: this.#collectors,
      sessions: this.#sessions.size,
      statements,
      rows,
    });
  }

  #parse(text: string): BundleLine | null {
    let value: unknown;
    try {
      value = parseCanonical(text);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#findings.check('bundle', false, () => `The line is not a line of a bundle: ${why}`);
      return null;
    }
    const parsed = bundleLine.safeParse(value);
    this.#findings.check(
      'bundle',
      parsed.success,
      () => `The line is not a line of a bundle: ${issueOf(parsed.error)}`,
    );
    return parsed.success ? parsed.data : null;
  }

  /** Lines come in the order of the format; stages that begin or are skipped are closed on the way. */
  #inOrder(line: BundleLine): boolean {
    const stage = LINE_ORDER.indexOf(line.line);
    const first = this.#stage === -1;
    const fits = first
      ? line.line === 'header'
      : stage > this.#stage || (stage === this.#stage && line.line !== 'header');
    if (!this.#findings.check('bundle', fits, () => `A ${line.line} line does not belong here.`)) return false;
    const passed = (name: BundleLine['line']): boolean => {
      const end = LINE_ORDER.indexOf(name);
      return this.#stage <= end && end < stage;
    };
    if (!first && passed('checkpoint')) this.#tree?.checkpointsRead();
    if (!first && passed('consistency')) this.#tree?.consistencyRead();
    this.#stage = stage;
    return true;
  }

  async #take(line: BundleLine): Promise<void> {
    if (line.line === 'header') return this.#takeHeader(line);
    if (line.line === 'end') return this.#takeEnd(line);
    this.#counts[line.line]++;
    switch (line.line) {
      case 'jwks':
        return this.#identity?.jwks(line);
      case 'idtoken':
        return this.#identity?.idToken(line);
      case 'checkpoint':
        return this.#tree?.checkpoint(line.note);
      case 'consistency':
        return this.#tree?.consistency(line.from, line.proof);
      case 'disclosure': {
        const ascending = line.i > this.#lastDisclosed;
        this.#findings.check('bundle', ascending, () => `The disclosure of intent ${line.i} is out of order.`);
        this.#lastDisclosed = line.i;
        this.#disclosures.set(line.i, line);
        return;
      }
      case 'entry':
        return this.#takeEntry(line);
    }
  }

  #takeHeader(header: BundleHeader): void {
    this.#header = header;
    const { logKey } = this.#options;
    if (logKey !== undefined) {
      this.#findings.check(
        'note',
        header.vkey === logKey,
        () => 'The bundle names another log key than the one you trust.',
      );
    }
    this.#tree = new TreeCheck(this.#p, this.#findings, header.size, logKey ?? header.vkey, header.origin);
    this.#identity = new IdentityCheck(this.#p, this.#findings, header, this.#options.verifyRsa);
    this.#approvals = new ApprovalsCheck(this.#p, this.#findings);
    this.#changes = new ChangesCheck(this.#p, header, this.#findings);
    this.#stepUp = new StepUpCheck(this.#findings);
    this.#envelope = new EnvelopeCheck(this.#findings);
    this.#collectorKey = thumbprint(header.entry_key, this.#p);
  }

  #takeEnd({ counts, digest }: Part<'end'>): void {
    this.#ended = true;
    const same = (a: BundleCounts | undefined): boolean =>
      a !== undefined && Object.entries(this.#counts).every(([name, n]) => a[name as keyof BundleCounts] === n);
    this.#findings.check(
      'bundle',
      same(counts) && same(this.#header?.counts),
      () => 'The bundle does not hold as many lines as it says.',
    );
    this.#findings.check(
      'bundle',
      digest === toBase64url(this.#digest),
      () => 'The bundle was changed after it was made.',
    );
  }

  #takeEntry({ index, entry, inclusion }: BundleEntry): void {
    this.#findings.index = index;
    const ascending = index > this.#index;
    this.#findings.check('bundle', ascending, () => `Entry ${index} stands behind entry ${this.#index}.`);
    this.#index = Math.max(this.#index, index);
    const leaf = leafHash(entry, this.#p);
    this.#tree?.inclusion(index, leaf, inclusion);
    let opened: OpenedEnvelope;
    try {
      opened = openEnvelope(entry);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#findings.check('form', false, () => `Entry ${index}: ${why}`);
      return;
    }
    const { record } = opened;
    if (typeof record === 'object' && record !== null && 'dev' in record && 'sid' in record) {
      const parsed = this.#schema(deviceRecord, record, index);
      if (parsed !== null) this.#device(parsed, opened, index, toBase64url(leaf));
    } else if (typeof record === 'object' && record !== null && 'typ' in record && record.typ === 'envelope.opened') {
      const parsed = this.#schema(envelopeOpened, record, index);
      if (parsed !== null) this.#opening(parsed, opened, index);
    } else {
      const parsed = this.#schema(collectorRecord, record, index);
      if (parsed !== null) this.#collector(parsed, opened, index);
    }
  }

  #schema<T>(schema: z.ZodType<T>, record: unknown, index: number): T | null {
    const parsed = schema.safeParse(record);
    this.#findings.check(
      'form',
      parsed.success,
      () => `Entry ${index} is not a known record: ${issueOf(parsed.error)}`,
    );
    return parsed.success ? parsed.data : null;
  }

  #device(record: DeviceRecord, opened: OpenedEnvelope, index: number, leaf: string): void {
    this.#devices++;
    const { sid, gid, dev, devn } = record;
    const context = gid !== this.#header?.gid;
    const isOpen = record.typ === 'session.open';
    if (context && !isOpen) {
      this.#findings.check('bundle', false, () => `Entry ${index} belongs to another grant.`);
      return;
    }
    let session = this.#sessions.get(sid);
    if (isOpen && (session === undefined || context)) {
      const ordinals = this.#ordinals.get(dev) ?? new Map<number, 'own' | 'context'>();
      this.#ordinals.set(dev, ordinals);
      this.#findings.check('chain', !ordinals.has(devn), () => `Two sessions of this device have the ordinal ${devn}.`);
      ordinals.set(devn, context ? 'context' : 'own');
    }
    if (session === undefined && isOpen) session = new SessionCheck(record, this.#findings);
    if (session === undefined) {
      this.#findings.check('chain', false, () => `Entry ${index} belongs to a session that was not opened.`);
      return;
    }
    const where = session.where(record);
    const { pub } = session.open;
    const ours = opened.keyid === dev && dev === session.open.dev && verifyEnvelope(opened, pub, this.#p);
    this.#findings.check('envelope', ours, () => `${where} is not signed by its device key.`);
    this.#tree?.ack(index, record.ack.size, record.ack.root, where);
    if (context) {
      this.#findings.check(
        'envelope',
        thumbprint(pub, this.#p) === dev,
        () => `${where} names a key that is not its own.`,
      );
      return;
    }
    this.#sessions.set(sid, session);
    if (isOpen) {
      this.#identity?.session(record, where);
      this.#envelope?.session(record, where);
    }
    const deadline = this.#envelope?.deadline ?? this.#identity?.deadline ?? 0;
    session.record(record, leaf, this.#timeBefore(record.ack.size), deadline);
    if (record.typ === 'intent') this.#open(record);
  }

  /** The opening of an envelope: signed by the device, but before any session. */
  #opening(record: EnvelopeOpened, opened: OpenedEnvelope, index: number): void {
    this.#devices++;
    const where = `The opening in entry ${index}`;
    const own = thumbprint(record.pub, this.#p) === record.dev;
    const ours = own && opened.keyid === record.dev && verifyEnvelope(opened, record.pub, this.#p);
    this.#findings.check('envelope', ours, () => `${where} is not signed by its device key.`);
    this.#findings.check('bundle', record.gid === this.#header?.gid, () => `${where} belongs to another grant.`);
    this.#tree?.ack(index, record.ack.size, record.ack.root, where);
    const known = this.#timeBefore(record.ack.size);
    const early = known !== null && Date.parse(record.t) < known - TOLERANCE_MS;
    this.#findings.check('time', !early, () => `${where} claims ${record.t}, but acknowledges what happened later.`);
    this.#identity?.named(record.idt, record.dev, where);
    const same = this.#identity?.isGrant(record.grant) ?? false;
    this.#envelope?.opening(record, where, this.#identity?.claims ?? null, same);
  }

  #collector(record: CollectorRecord, opened: OpenedEnvelope, index: number): void {
    this.#collectors++;
    const key = this.#header?.entry_key;
    const ours =
      key !== undefined &&
      opened.keyid === this.#collectorKey &&
      record.col === this.#collectorKey &&
      verifyEnvelope(opened, key, this.#p);
    this.#findings.check('envelope', ours, () => `Entry ${index} is not signed by the collector's entry key.`);
    const other = record.gid !== this.#header?.gid && !(record.gid === null && record.typ === 'policy');
    this.#findings.check('bundle', !other, () => `Entry ${index} belongs to another grant.`);
    const t = Date.parse(record.t);
    if (t > (this.#times.at(-1)?.t ?? 0)) this.#times.push({ index, t });
    if ('by' in record && record.by) this.#identity?.actor(record.by, `The ${record.typ} in entry ${index}`);
    this.#approvals?.record(record);
    this.#changes?.record(record, index);
    this.#stepUp?.record(record, index, (idt) => this.#identity?.signInOf(idt) ?? null);
    if ('holder' in record) this.#identity?.actor(record.holder, `The holder of entry ${index}`);
    this.#envelope?.record(record);
    if (record.typ === 'grant') {
      this.#identity?.grant(record.jws, index);
      const claims = this.#identity?.claims ?? null;
      if (claims !== null) {
        this.#approvals?.grant(claims, index);
        this.#changes?.grant(claims, index);
        this.#envelope?.grant(claims, index);
      }
    } else if (record.typ === 'disclosure') this.#disclosed.add(record.of);
    else if (record.typ === 'receipt') this.#receipt(record);
    else if (record.typ === 'request') {
      const same = record.policy === this.#header?.policy;
      this.#findings.check('identity', same, () => `The request in entry ${index} was made under another policy.`);
    }
  }

  #receipt(record: Extract<CollectorRecord, { typ: 'receipt' }>): void {
    const session = this.#sessions.get(record.sid);
    this.#findings.check(
      'chain',
      session !== undefined,
      () => `A receipt names session ${record.sid}, which is not in the bundle.`,
    );
    session?.receipt(record);
  }

  /** Checks a released disclosure against the commitments in its intent. */
  #open(intent: Extract<DeviceRecord, { typ: 'intent' }>): void {
    const disclosure = this.#disclosures.get(intent.i);
    if (disclosure === undefined) return;
    this.#disclosures.delete(intent.i);
    for (const field of ['sql', 'par'] as const) {
      const digest = intent[field];
      const text = disclosure[field];
      let holds = digest === null && text === null;
      try {
        if (digest !== null && text !== null) {
          openCommitment(field, digest, text, this.#p);
          holds = true;
        }
      } catch (cause) {
        // What does not open is a finding, not an error of the verification.
        if (!(cause instanceof Fault)) throw cause;
      }
      this.#findings.check(
        'disclosure',
        holds,
        () => `The disclosed ${field} of intent ${intent.i} is not what the record commits to.`,
      );
    }
    this.#disclosed.add(`open ${intent.i}`);
  }

  #checkDisclosures(): void {
    for (const intent of this.#disclosures.keys()) {
      this.#findings.check('disclosure', false, () => `Intent ${intent} is disclosed but not in the bundle.`);
    }
    for (const name of this.#disclosed) {
      if (!name.startsWith('open ')) continue;
      const intent = name.slice(5);
      this.#findings.check(
        'disclosure',
        this.#disclosed.has(intent),
        () => `Nobody recorded the opening of intent ${intent}.`,
      );
    }
  }

  /** Between the first and the last session of this grant on a device, no ordinal may be missing. */
  #checkOrdinals(): void {
    for (const [dev, ordinals] of this.#ordinals) {
      const own = [...ordinals].filter(([, kind]) => kind === 'own').map(([devn]) => devn);
      const from = Math.min(...own);
      const to = Math.max(...own);
      let missing = 0;
      let first: number | null = null;
      for (const devn of [...ordinals.keys()].sort((a, b) => a - b)) {
        if (first !== null && devn > first + 1 && first >= from && devn <= to) missing += devn - first - 1;
        first = devn;
      }
      this.#findings.check(
        'chain',
        missing === 0,
        () => `${missing} sessions of device ${dev.slice(0, 8)}… are missing between those of this grant.`,
      );
    }
  }

  /** Latest time that collector entries below `size` claim; null when there is none. */
  #timeBefore(size: number): number | null {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle]?.index ?? 0) < size) low = middle + 1;
      else high = middle;
    }
    return this.#times[low - 1]?.t ?? null;
  }
}

function issueOf(error: z.ZodError | undefined): string {
  const issue = error?.issues[0];
  return issue === undefined ? 'unknown' : `${issue.path.join('.')} ${issue.message}`.trim();
}
