/**
 * What is found on disk at the start: segments are read front to back, a torn tail is cut and kept aside, and every
 * session that was not delivered whole comes back with its chain. What was read is written again and synced before it
 * is trusted, because after a crash the page cache may show bytes that the disk does not have. (I5)
 */
import { join } from 'node:path';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import type { DeviceRecord } from '../../shared/audit/records.ts';
import { fromUtf8, utf8 } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import { leafOf, Tally } from './chain.ts';
import type { LogFiles } from './files.ts';
import { segmentPath } from './journal.ts';
import type { Sealer } from './seal.ts';
import { HEADER_BYTES, type Place, type Scan, scanSegment } from './segment.ts';

/** What the device has to remember about delivery, as `mark` frames in the segments. */
export type Mark =
  /** A sync failed: what lies in `segment` from `at` on was never promised to anyone. */
  | { readonly cut: { readonly segment: number; readonly at: number } }
  /** Disclosures of intents up to and with `seq` are with the collector. */
  | { readonly disclosed: { readonly sid: string; readonly seq: number } }
  /** A later session carries the `abandoned` fault of this one. */
  | { readonly abandoned: string }
  /** The receipt of the session's last entry has been verified and nothing is left to send. */
  | { readonly done: string };

export const markFrame = (mark: Mark): { kind: 'mark'; body: Uint8Array } => ({
  kind: 'mark',
  body: utf8(JSON.stringify(mark)),
});

export interface FoundSession {
  readonly dev: string;
  readonly tally: Tally;
  readonly entries: readonly { readonly place: Place; readonly intent: string | null }[];
  readonly sealed: readonly (Place & { readonly seq: number })[];
  /** Disclosures up to and with this `seq` need not be sent again; −1 when none were. */
  readonly disclosed: number;
  /** Entries are missing in the middle: the disk lost what it had promised, and nothing may be added. */
  readonly damaged: boolean;
  /** Its `abandoned` fault is recorded already. */
  readonly abandoned: boolean;
  /** Wall clock of its first record, ms. */
  readonly opened: number;
}

export interface Found {
  readonly sessions: readonly FoundSession[];
  /** Existing segments in order, with the sessions that have something in them. */
  readonly segments: ReadonlyMap<number, ReadonlySet<string>>;
  /** Number for the next segment. */
  readonly next: number;
  readonly torn: readonly { readonly segment: number; readonly bytes: number }[];
  /** Highest session ordinal seen per device. */
  readonly devn: ReadonlyMap<string, number>;
  /** Disclosures that cannot be opened with this device's secret. */
  readonly unreadable: number;
}

export async function recover(dir: string, files: LogFiles, sealer: Sealer): Promise<Found> {
  const numbers = (await files.list(dir))
    .map((name) => /^segment-(\d{8})\.log$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  const scans = new Map<number, Scan>();
  const cuts = new Map<number, number>();
  const torn: { segment: number; bytes: number }[] = [];
  for (const segment of numbers) {
    const scan = await readSegment(dir, segment, files);
    if (scan.torn > 0) torn.push({ segment, bytes: scan.torn });
    scans.set(segment, scan);
    for (const mark of marksOf(scan)) if ('cut' in mark) cuts.set(mark.cut.segment, mark.cut.at);
  }
  const reader = new Reader(sealer);
  for (const [segment, scan] of scans) reader.read(segment, scan, cuts.get(segment) ?? Number.POSITIVE_INFINITY);
  return { ...reader.result(), next: (numbers.at(-1) ?? 0) + 1, torn };
}

async function readSegment(dir: string, segment: number, files: LogFiles): Promise<Scan> {
  const path = segmentPath(dir, segment);
  const file = await files.open(path);
  try {
    const bytes = await file.read(0, await file.size());
    const scan = scanSegment(bytes);
    if (scan.torn > 0) await files.replace(`${path}.torn`, bytes.subarray(scan.end, scan.end + scan.torn));
    if (scan.end > 0) file.write(bytes.subarray(0, scan.end), 0);
    if (scan.end < bytes.length) await file.truncate(scan.end);
    await file.datasync();
    return scan;
  } finally {
    await file.close();
  }
}

/** Cast: the frame's checksum vouches that {@link markFrame} wrote this. */
const marksOf = (scan: Scan): Mark[] =>
  scan.frames.filter(({ kind }) => kind === 'mark').map(({ body }) => JSON.parse(fromUtf8(body)) as Mark);

interface Reading {
  readonly dev: string;
  readonly tally: Tally;
  readonly entries: { place: Place; intent: string | null }[];
  readonly sealed: (Place & { seq: number })[];
  disclosed: number;
  damaged: boolean;
  abandoned: boolean;
  readonly opened: number;
}

class Reader {
  readonly #sealer: Sealer;
  readonly #sessions = new Map<string, Reading>();
  readonly #segments = new Map<number, Set<string>>();
  readonly #devn = new Map<string, number>();
  /** Disclosures stand before their intent, so they wait here for it. */
  readonly #early = new Map<string, (Place & { seq: number })[]>();
  readonly #done = new Set<string>();
  #unreadable = 0;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  read(segment: number, scan: Scan, cut: number): void {
    const inside = new Set<string>();
    this.#segments.set(segment, inside);
    for (const { kind, body, at } of scan.frames) {
      if (at - HEADER_BYTES >= cut) break;
      const place = { segment, at, length: body.length };
      if (kind === 'entry') inside.add(this.#entry(fromUtf8(body), place));
      else if (kind === 'sealed') this.#disclosure(body, place);
    }
    for (const mark of marksOf(scan)) {
      if ('done' in mark) this.#done.add(mark.done);
      else if ('abandoned' in mark) {
        const session = this.#sessions.get(mark.abandoned);
        if (session !== undefined) session.abandoned = true;
      } else if ('disclosed' in mark) {
        const session = this.#sessions.get(mark.disclosed.sid);
        if (session !== undefined) session.disclosed = Math.max(session.disclosed, mark.disclosed.seq);
      }
    }
  }

  result(): Pick<Found, 'sessions' | 'segments' | 'devn' | 'unreadable'> {
    for (const sid of this.#done) this.#sessions.delete(sid);
    for (const inside of this.#segments.values()) for (const sid of this.#done) inside.delete(sid);
    return {
      sessions: [...this.#sessions.values()],
      segments: this.#segments,
      devn: this.#devn,
      unreadable: this.#unreadable,
    };
  }

  #entry(line: string, place: Place): string {
    const record = recordOf(line, place);
    const { sid, dev, devn } = record;
    this.#devn.set(dev, Math.max(this.#devn.get(dev) ?? -1, devn));
    let session = this.#sessions.get(sid);
    if (session === undefined) {
      const tally = new Tally(sid, record.gid, devn);
      session = {
        dev,
        tally,
        entries: [],
        sealed: [],
        disclosed: -1,
        damaged: false,
        abandoned: false,
        opened: Date.parse(record.t),
      };
      this.#sessions.set(sid, session);
    }
    // A hole can only be an entry that the disk lost after it had said it was durable.
    if (record.seq !== session.tally.seq || record.prev !== session.tally.prev) session.damaged = true;
    if (session.damaged) return sid;
    session.tally.apply(record, leafOf(line));
    session.entries.push({ place, intent: record.typ === 'intent' ? record.i : null });
    const waiting = this.#early.get(sid) ?? [];
    session.sealed.push(...waiting.filter(({ seq }) => seq === record.seq));
    this.#early.set(
      sid,
      waiting.filter(({ seq }) => seq > record.seq),
    );
    return sid;
  }

  #disclosure(body: Uint8Array, place: Place): void {
    const waiting = this.#sealer.open(body);
    if (waiting === null) {
      this.#unreadable++;
      return;
    }
    const early = this.#early.get(waiting.sid) ?? [];
    early.push({ ...place, seq: waiting.seq });
    this.#early.set(waiting.sid, early);
  }
}

/** Cast: this device wrote and checked it, and the frame's checksum says that it is unchanged. */
function recordOf(line: string, place: Place): DeviceRecord {
  try {
    return openEnvelope(line).record as DeviceRecord;
  } catch (cause) {
    const where = `segment ${place.segment} at byte ${place.at}`;
    throw new Fault(
      'log_damaged',
      `The audit log on this device holds something that is not a record (${where}). Nothing was changed.`,
      'Keep the log folder and tell security before you connect again.',
      { cause },
    );
  }
}

export const stateFile = (dir: string): string => join(dir, 'devices.json');
export const checkpointFile = (dir: string): string => join(dir, 'checkpoint');
export const conflictFile = (dir: string): string => join(dir, 'conflict.json');
