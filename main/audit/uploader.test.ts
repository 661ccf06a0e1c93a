import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../shared/errors.ts';
import { systemClock } from '../clock.ts';
import { Pending } from './delivery.ts';
import { diskFiles, type LogFiles } from './files.ts';
import type { AuditLogOptions, DeviceLog } from './log.ts';
import { openAuditLog } from './log.ts';
import {
  faultyFiles,
  intentFacts,
  limits,
  MemoryCollector,
  newSigner,
  outcomeFacts,
  sessionFacts,
  systemError,
  temporaryDir,
} from './testing.ts';
import type { SessionLog, Uploader } from './types.ts';
import { startUploader } from './uploader.ts';

let place: ReturnType<typeof temporaryDir>;
let logs: DeviceLog[];
let uploaders: Uploader[];
let collector: MemoryCollector;
const signer = newSigner();
beforeEach(() => {
  place = temporaryDir();
  logs = [];
  uploaders = [];
  collector = new MemoryCollector();
});
afterEach(async () => {
  for (const uploader of uploaders) await uploader.stop();
  for (const log of logs) await log.close().catch(() => {});
  place.remove();
});

async function open(changed: Partial<AuditLogOptions> = {}): Promise<DeviceLog> {
  const log = await openAuditLog({
    dir: place.dir,
    signer,
    clock: systemClock,
    app: { version: '0.1.0', build: 'test' },
    segmentBytes: 64 * 1024,
    ...changed,
  });
  logs.push(log);
  return log;
}
function upload(log: DeviceLog): Uploader {
  const uploader = startUploader({
    log,
    uploads: collector,
    ledgerVkey: collector.vkey,
    clock: systemClock,
    pause: { least: 5, most: 40 },
  });
  uploaders.push(uploader);
  return uploader;
}
async function statements(session: SessionLog, count: number): Promise<string[]> {
  const permits = await session.permitAll(
    Array.from({ length: count }, (_, i) => intentFacts({ text: `select ${i}` })),
  );
  for (const permit of permits) {
    permit.use();
    session.outcome(outcomeFacts(permit.intent));
  }
  return permits.map(({ intent }) => intent);
}
async function crash(log: DeviceLog, uploader?: Uploader): Promise<void> {
  await uploader?.stop();
  uploaders = uploaders.filter((other) => other !== uploader);
  logs = logs.filter((other) => other !== log);
  await log.close();
}
const seqs = (sid: string): number[] => collector.records(sid).map(({ seq }) => seq);
const segmentFiles = (): string[] => readdirSync(place.dir).filter((name) => name.endsWith('.log'));

describe('the uploader', () => {
  it('brings every record to the ledger in order, once, and knows its index (I5)', async () => {
    const log = await open();
    upload(log);
    const session = await log.openSession(sessionFacts());
    const intents = await statements(session, 300);
    await session.close({ reason: 'handed_back', delay: null });
    await log.drained();
    expect(seqs(session.sid)).toEqual(Array.from({ length: 602 }, (_, seq) => seq));
    expect(Math.max(...collector.batches)).toBeLessThanOrEqual(256);
    expect(log.state()).toMatchObject({ recorded: 602, in_ledger: 602, waiting: null });
    const stored = collector.sessions.get(session.sid) ?? [];
    for (const [i, record] of collector.records(session.sid).entries()) {
      if (record.typ === 'intent') expect(log.indexOf(record.i)).toBe(stored[i]?.index);
    }
    expect(intents).toHaveLength(300);
    expect(collector.disclosed.map(({ i }) => i)).toEqual(intents);
  });

  it('asks where to go on only for what an earlier run has left', async () => {
    const first = await open();
    const uploader = upload(first);
    const session = await first.openSession(sessionFacts());
    await statements(session, 3);
    await first.drained();
    expect(collector.asked).toEqual([]);
    await crash(first, uploader);

    const second = await open();
    upload(second);
    const next = await second.openSession(sessionFacts());
    await statements(next, 1);
    await second.drained();
    expect(new Set(collector.asked)).toEqual(new Set([session.sid]));
  });

  it('keeps no segment open that was read for a batch', async () => {
    let readers = 0;
    const counted: LogFiles = {
      ...diskFiles,
      async open(path) {
        const file = await diskFiles.open(path);
        readers++;
        return { ...file, close: () => file.close().finally(() => readers--) };
      },
    };
    const log = await open({ files: counted });
    // It holds all segments from its beginning on.
    await log.openSession(sessionFacts());
    const session = await log.openSession(sessionFacts());
    upload(log);
    await statements(session, 300);
    await session.close({ reason: 'handed_back', delay: null });
    await log.drained();
    expect(segmentFiles().length).toBeGreaterThan(3);
    expect(readers).toBe(0);
  });

  it('lets no busy connection hold up another one, nor the texts that were disclosed (I5)', async () => {
    const log = await open();
    const busy = await log.openSession(sessionFacts());
    const quiet = await log.openSession(sessionFacts());
    await statements(busy, 600);
    const [only] = await statements(quiet, 1);
    await busy.settle();
    await quiet.settle();
    const seen: string[] = [];
    const { entries, disclosures } = collector;
    collector.entries = (sid, lines, from) => {
      seen.push(sid === quiet.sid ? 'quiet' : 'busy');
      return entries.call(collector, sid, lines, from);
    };
    collector.disclosures = (sid, items) => {
      seen.push(items.some(({ i }) => i === only) ? 'text' : 'texts');
      return disclosures.call(collector, sid, items);
    };
    upload(log);
    await log.drained();
    // 1,201 records in batches of 256 at most.
    expect(seen.slice(0, 4)).toEqual(['busy', 'quiet', 'texts', 'text']);
    expect(seen.filter((what) => what === 'busy')).toHaveLength(5);
  });

  it('discloses nothing of which the ledger does not know yet, so that nothing is refused and held up (I5)', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    const first = await statements(session, 300);
    await session.settle();
    const { disclosures } = collector;
    const refused: unknown[] = [];
    collector.disclosures = (sid, items) =>
      disclosures.call(collector, sid, items).catch((error: unknown) => {
        refused.push(error);
        throw error;
      });
    upload(log);
    // More come while the first are on their way.
    const more: string[] = [];
    for (let i = 0; i < 20; i++) more.push(...(await statements(session, 20)));
    await log.drained();
    expect(refused).toEqual([]);
    expect(collector.disclosed.map(({ i }) => i)).toEqual([...first, ...more]);
  });

  it('gives no ordinal twice, also where nothing but its file remembers the last one (I5)', async () => {
    const log = await open();
    const uploader = upload(log);
    for (let n = 0; n < 3; n++) {
      const session = await log.openSession(sessionFacts());
      await statements(session, 40);
      await session.close({ reason: 'handed_back', delay: null });
    }
    await log.drained();
    await expect.poll(() => segmentFiles().length).toBeLessThanOrEqual(2);
    await crash(log, uploader);
    const between = await open();
    const spent = segmentFiles();
    expect(spent).toHaveLength(1);
    await crash(between);
    const again = await open();
    await expect.poll(segmentFiles).not.toContain(spent[0]);
    upload(again);
    const next = await again.openSession(sessionFacts());
    await again.drained();
    expect(collector.records(next.sid)[0]?.devn).toBe(3);
  });

  it('forgets what was delivered, and still knows where the newest of it stands', async () => {
    const list = new Pending<number>();
    for (let n = 0; n < 5000; n++) list.push(n);
    list.forget(3000);
    list.forget(2);
    expect(list.length).toBe(5000);
    expect(list.at(2999)).toBeUndefined();
    expect(list.at(3000)).toBe(3000);
    expect(list.slice(4000, 4002)).toEqual([4000, 4001]);
    list.forget(5000);
    list.push(5000);
    expect([list.at(4999), list.at(5000), list.length]).toEqual([undefined, 5000, 5001]);
  });

  it('acknowledges the newest verified checkpoint in the records that follow, also after a restart (I4)', async () => {
    const log = await open();
    const uploader = upload(log);
    const session = await log.openSession(sessionFacts());
    await log.drained();
    await statements(session, 1);
    await session.close({ reason: 'handed_back', delay: null });
    await log.drained();
    const records = collector.records(session.sid);
    expect(records[0]?.ack.size).toBe(0);
    expect(records[1]?.ack.size).toBe(2);
    await crash(log, uploader);
    const again = await open();
    upload(again);
    const next = await again.openSession(sessionFacts());
    await again.drained();
    expect(collector.records(next.sid)[0]?.ack.size).toBeGreaterThan(2);
  });

  it('deletes segments only after the receipt of the close is verified (I5)', async () => {
    const log = await open();
    upload(log);
    const session = await log.openSession(sessionFacts());
    await statements(session, 150);
    await statements(session, 150);
    await log.drained();
    const before = segmentFiles();
    expect(before.length).toBeGreaterThan(3);
    await session.close({ reason: 'handed_back', delay: null });
    await log.drained();
    await expect.poll(() => segmentFiles().length).toBeLessThanOrEqual(2);
    await crash(log);
    const again = await open();
    expect(again.state()).toMatchObject({ recorded: 0, in_ledger: 0 });
    expect(again.deliveries.drained).toBe(true);
  });

  it('keeps everything while the collector is down and delivers it in order when it is back (I5)', async () => {
    collector.down = new Fault('collector_unreachable', 'The collector cannot be reached.');
    const log = await open();
    upload(log);
    const session = await log.openSession(sessionFacts());
    await statements(session, 40);
    await expect.poll(() => log.state().waiting).toBe('The collector cannot be reached.');
    expect(collector.lines).toHaveLength(0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await statements(session, 40);
    collector.down = null;
    await log.drained();
    expect(seqs(session.sid)).toEqual(Array.from({ length: 161 }, (_, seq) => seq));
    expect(log.state().waiting).toBeNull();
  });

  it('sends a batch again when its answer was lost, and counts it once (I5)', async () => {
    collector.loseAnswers = 3;
    const log = await open();
    upload(log);
    const session = await log.openSession(sessionFacts());
    await statements(session, 20);
    await log.drained();
    expect(seqs(session.sid)).toEqual(Array.from({ length: 41 }, (_, seq) => seq));
    const stored = collector.sessions.get(session.sid) ?? [];
    for (const [i, record] of collector.records(session.sid).entries()) {
      if (record.typ === 'intent') expect(log.indexOf(record.i)).toBe(stored[i]?.index);
    }
  });

  it('goes on after a crash where the collector says, with the recovered close, once each (I5)', async () => {
    const log = await open();
    const uploader = upload(log);
    const session = await log.openSession(sessionFacts());
    await statements(session, 5);
    await log.drained();
    collector.down = new Fault('collector_unreachable', 'down');
    const intent = await session.permit(intentFacts());
    await crash(log, uploader);
    collector.down = null;
    const again = await open();
    upload(again);
    await again.drained();
    const records = collector.records(session.sid);
    expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: 14 }, (_, seq) => seq));
    expect(records.slice(-2)).toMatchObject([
      { typ: 'outcome', of: intent.intent, result: 'unknown' },
      { typ: 'session.close', reason: 'recovered' },
    ]);
    // The disclosures that the collector had already are not sent a second time: it may have erased them since.
    expect(collector.disclosed).toHaveLength(6);
  });

  it.each([
    ['a checkpoint of another key', (r: object) => ({ ...r, checkpoint: new MemoryCollector().note() })],
    ['another index', (r: { index: number }) => ({ ...r, index: r.index + 1 })],
    ['another entry', (r: { seq: number }) => ({ ...r, seq: r.seq + 1 })],
    ['a broken inclusion proof', (r: object) => ({ ...r, inclusion: ['A'.repeat(43)] })],
  ])('stops at a receipt with %s, keeps the pair, and says so, now and after a restart (I5)', async (_what, change) => {
    const log = await open();
    const uploader = upload(log);
    const session = await log.openSession(sessionFacts());
    await log.drained();
    // Cast: the cases above only replace fields of a receipt.
    collector.lie = (receipt) => change(receipt) as typeof receipt;
    await statements(session, 3);
    await expect(log.drained()).rejects.toMatchObject({ code: 'lying_receipt' });
    expect(log.state()).toMatchObject({ recorded: 7, in_ledger: 1, waiting: expect.stringContaining('does not hold') });
    const kept = JSON.parse(readFileSync(join(place.dir, 'conflict.json'), 'utf8'));
    expect(kept).toMatchObject({
      sid: session.sid,
      held: expect.any(String),
      receipt: { checkpoint: expect.any(String) },
    });
    // Nothing is lost by it: statements are still recorded, only not delivered.
    await statements(session, 1);
    await crash(log, uploader);
    collector.lie = null;
    const sent = collector.lines.length;
    const again = await open();
    upload(again);
    await expect.poll(() => again.state().waiting).toContain('does not hold');
    expect(collector.lines).toHaveLength(sent);
  });

  it('stops when the ledger rewrites the past that this device has verified (I5)', async () => {
    const log = await open();
    upload(log);
    const session = await log.openSession(sessionFacts());
    await statements(session, 4);
    await log.drained();
    collector.rewrite(2);
    await statements(session, 1);
    await expect(log.drained()).rejects.toMatchObject({ message: expect.stringContaining('does not extend') });
    expect(existsSync(join(place.dir, 'conflict.json'))).toBe(true);
  });

  it('does not let one refused session hold up the others', async () => {
    const refusal = Object.assign(new Fault('foreign_session', 'This session belongs to another person.'), {
      status: 403,
    });
    const log = await open();
    const first = await log.openSession(sessionFacts());
    const second = await log.openSession(sessionFacts());
    const entries = collector.entries.bind(collector);
    collector.entries = (sid, lines, from) => (sid === first.sid ? Promise.reject(refusal) : entries(sid, lines, from));
    upload(log);
    await expect.poll(() => collector.records(second.sid).length).toBe(1);
    await expect.poll(() => log.state().waiting).toContain('belongs to another person');
    collector.entries = entries;
    await log.drained();
    expect(seqs(first.sid)).toEqual([0]);
  });

  it('tries again when the checkpoint cannot be saved, and acknowledges it only once it is', async () => {
    let full = true;
    const files = faultyFiles({
      before(step) {
        if (full && step === 'replace') throw systemError('ENOSPC');
      },
    });
    full = false;
    const log = await open({ files });
    const session = await log.openSession(sessionFacts());
    full = true;
    upload(log);
    await expect.poll(() => log.state().waiting).toContain('waiting for the disk');
    expect(log.checkpoint).toBeNull();
    expect(log.state().in_ledger).toBe(0);
    full = false;
    await log.drained();
    expect(log.checkpoint?.size).toBe(2);
    expect(seqs(session.sid)).toEqual([0]);
  });
});

describe('permits that wait for receipts', () => {
  it('sends nothing in a strict grant before the receipt of its intent is verified (I2)', async () => {
    collector.down = new Fault('collector_unreachable', 'The collector cannot be reached.');
    const log = await open();
    upload(log);
    const session = await log.openSession(sessionFacts({ limits: { ...limits, strict: true } }));
    let permitted = false;
    const permit = session.permit(intentFacts()).then((got) => {
      permitted = true;
      return got;
    });
    await expect.poll(() => log.state().waiting).toMatch(/waits for its receipt/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(permitted).toBe(false);
    collector.down = null;
    const got = await permit;
    expect(log.indexOf(got.intent)).not.toBeNull();
    expect(log.state().waiting).toBeNull();
  });

  it('lets at most max_unacked records stand without a receipt, then waits (I2)', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts({ limits: { ...limits, max_unacked: 4 } }));
    for (let i = 0; i < 3; i++) await session.permit(intentFacts());
    const waiting = session.permit(intentFacts());
    await expect.poll(() => log.state().waiting).toMatch(/More than 4/);
    upload(log);
    await waiting;
  });

  it('settles a strict session only when the receipt of its last record is verified', async () => {
    const log = await open();
    const uploader = upload(log);
    const session = await log.openSession(sessionFacts({ limits: { ...limits, strict: true } }));
    const permit = await session.permit(intentFacts());
    collector.down = new Fault('collector_unreachable', 'The collector cannot be reached.');
    session.notice({ kind: 'export', of: permit.intent, code: 'csv', fp: null, norm: null, rows: 7, bytes: 70 });
    let settled = false;
    const settling = session.settle().then(() => {
      settled = true;
    });
    await expect.poll(() => log.state().waiting).toMatch(/waits for its receipt|cannot be reached/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(settled).toBe(false);
    collector.down = null;
    uploader.poke();
    await settling;
    expect(collector.records(session.sid).at(-1)).toMatchObject({ typ: 'notice', kind: 'export', rows: 7 });
  });

  it('refuses a permit that still waits when the session closes', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts({ limits: { ...limits, strict: true } }));
    const waiting = session.permit(intentFacts());
    await expect.poll(() => log.state().waiting).toMatch(/strict/);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'session_closed' });
    await session.close({ reason: 'expired', delay: 3 });
    await refused;
    upload(log);
    await log.drained();
    expect(collector.records(session.sid).at(-2)).toMatchObject({ typ: 'outcome', result: 'not_sent' });
  });
});
