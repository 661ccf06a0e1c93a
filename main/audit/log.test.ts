import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leafHash, openEnvelope, verifyEnvelope } from '../../shared/audit/envelope.ts';
import { type DeviceRecord, deviceRecord } from '../../shared/audit/records.ts';
import { toBase64url } from '../../shared/encoding.ts';
import { systemClock } from '../clock.ts';
import type { AuditLogOptions } from './log.ts';
import { type DeviceLog, openAuditLog } from './log.ts';
import { scanSegment } from './segment.ts';
import {
  faultyFiles,
  intentFacts,
  movableClock,
  newSigner,
  outcomeFacts,
  p,
  sessionFacts,
  systemError,
  temporaryDir,
} from './testing.ts';

let place: ReturnType<typeof temporaryDir>;
let opened: DeviceLog[];
const signer = newSigner();
beforeEach(() => {
  place = temporaryDir();
  opened = [];
});
afterEach(async () => {
  for (const log of opened) await log.close().catch(() => {});
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
  opened.push(log);
  return log;
}

const segments = (): string[] =>
  readdirSync(place.dir)
    .filter((name) => name.endsWith('.log'))
    .sort();
function onDisk(): { line: string; record: DeviceRecord }[] {
  return segments().flatMap((name) =>
    scanSegment(readFileSync(join(place.dir, name)))
      .frames.filter(({ kind }) => kind === 'entry')
      .map(({ body }) => {
        const line = Buffer.from(body).toString('utf8');
        return { line, record: deviceRecord.parse(openEnvelope(line).record) };
      }),
  );
}
const types = (): string[] => onDisk().map(({ record }) => record.typ);

describe('the write-ahead log', () => {
  it('resolves a permit only after fdatasync of the signed intent has returned (I2)', async () => {
    const seen: string[] = [];
    const log = await open({ files: faultyFiles({ before: () => {} }, seen) });
    const session = await log.openSession(sessionFacts());
    seen.length = 0;
    const permit = await session.permit(intentFacts());
    seen.push('permit');
    expect(seen).toEqual(['write', 'datasync', 'datasync returned', 'permit']);
    const last = onDisk().at(-1);
    expect(last?.record).toMatchObject({ typ: 'intent', i: permit.intent, seq: 1 });
  });

  it('signs every record with the device key and chains it to the one before (I4)', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    const permit = await session.permit(intentFacts());
    permit.use();
    session.outcome(outcomeFacts(permit.intent));
    session.notice({
      kind: 'refused',
      of: null,
      code: 'after_deadline',
      fp: null,
      norm: null,
      rows: null,
      bytes: null,
    });
    await session.close({ reason: 'handed_back', delay: null });
    const entries = onDisk();
    expect(types()).toEqual(['session.open', 'intent', 'outcome', 'notice', 'session.close']);
    let prev: string | null = null;
    for (const [seq, { line, record }] of entries.entries()) {
      const opened = openEnvelope(line);
      expect(opened.keyid).toBe(signer.thumbprint);
      expect(verifyEnvelope(opened, signer.publicJwk, p)).toBe(true);
      expect(record).toMatchObject({ seq, prev, devn: 0, sid: session.sid, dev: signer.thumbprint });
      prev = toBase64url(leafHash(line, p));
    }
    expect(entries.at(-1)?.record).toMatchObject({
      intents: 1,
      rows: 1,
      bytes: 12,
      reason: 'handed_back',
      delay: null,
    });
  });

  it('gives permits that are good for one statement', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    const permit = await session.permit(intentFacts());
    permit.use();
    expect(() => permit.use()).toThrow(/has been used/);
  });

  it('shares one sync between everything that waits for it (I2)', async () => {
    const seen: string[] = [];
    const log = await open({ files: faultyFiles({ before: () => {} }, seen) });
    const sessions = await Promise.all([1, 2, 3].map(() => log.openSession(sessionFacts())));
    seen.length = 0;
    const permits = await Promise.all(
      sessions.flatMap((session) => Array.from({ length: 20 }, () => session.permit(intentFacts()))),
    );
    expect(new Set(permits.map(({ intent }) => intent)).size).toBe(60);
    expect(seen.filter((step) => step === 'datasync').length).toBeLessThanOrEqual(2);
    seen.length = 0;
    await sessions[0]?.permitAll([intentFacts({ op: 'parse' }), intentFacts({ op: 'execute', text: null })]);
    expect(seen.filter((step) => step === 'datasync')).toHaveLength(1);
  });

  it('makes outcomes durable by themselves within a moment, and on settle', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    const permit = await session.permit(intentFacts());
    session.outcome(outcomeFacts(permit.intent));
    await session.settle();
    expect(types()).toEqual(['session.open', 'intent', 'outcome']);
    expect(log.state().recorded).toBe(3);
    session.notice({ kind: 'export', of: permit.intent, code: null, fp: null, norm: null, rows: 1, bytes: 1 });
    await expect.poll(() => log.state().recorded).toBe(4);
  });

  it('keeps the full text out of the entry and off the disk in the clear (I8)', async () => {
    const log = await open({ sealKey: new Uint8Array(32).fill(7) });
    const session = await log.openSession(sessionFacts());
    await session.permit(intentFacts({ text: 'select secret_word', parameters: ['secret_value', null] }));
    await log.close();
    for (const name of readdirSync(place.dir)) {
      const bytes = readFileSync(join(place.dir, name));
      for (const word of ['secret_word', 'secret_value']) {
        expect(bytes.includes(word)).toBe(false);
        for (const shift of [0, 1, 2]) {
          const coded = Buffer.from(' '.repeat(shift) + word)
            .toString('base64url')
            .slice(shift === 0 ? 0 : 4, -4);
          expect(bytes.includes(coded)).toBe(false);
        }
      }
      expect(statSync(join(place.dir, name)).mode & 0o077).toBe(0);
    }
    expect(statSync(place.dir).mode & 0o077).toBe(0);
  });

  it('leaves the normalised text out where it would not fit, and still records the intent', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    await session.permit(intentFacts({ norm: '漢'.repeat(8000), text: '漢'.repeat(8000) }));
    expect(onDisk().at(-1)?.record).toMatchObject({ typ: 'intent', norm: null, size: 32_768 });
  });

  it('goes on in the next segment when one is full, also with a statement larger than a segment', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    for (let i = 0; i < 120; i++) await session.permit(intentFacts({ text: `select ${i}` }));
    await session.permit(intentFacts({ text: 'x'.repeat(200_000) }));
    await session.close({ reason: 'handed_back', delay: null });
    expect(segments().length).toBeGreaterThan(2);
    expect(onDisk().map(({ record }) => record.seq)).toEqual(Array.from({ length: 244 }, (_, seq) => seq));
  });

  it('gives every session of the device the next ordinal, without gaps, across restarts (I5)', async () => {
    const first = await open();
    await Promise.all([first.openSession(sessionFacts()), first.openSession(sessionFacts())]);
    await first.close();
    const second = await open();
    await second.openSession(sessionFacts());
    const opens = onDisk().flatMap(({ record }) => (record.typ === 'session.open' ? [record.devn] : []));
    expect(opens).toEqual([0, 1, 2]);
  });

  it('records a jump of the wall clock', async () => {
    const clock = movableClock();
    const log = await open({ clock });
    const session = await log.openSession(sessionFacts());
    clock.jumpWall(-3_600_000);
    await session.permit(intentFacts());
    const fault = onDisk().find(({ record }) => record.typ === 'fault');
    expect(fault?.record).toMatchObject({ kind: 'clock_jump', detail: expect.stringContaining('ms against') });
  });

  it('sends a heartbeat while the session is open', async () => {
    const log = await open({ heartbeatMs: 20 });
    const session = await log.openSession(sessionFacts());
    await expect.poll(types).toContain('heartbeat');
    await session.close({ reason: 'handed_back', delay: 12.4 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(types().at(-1)).toBe('session.close');
  });

  it('ends what has no outcome at the close: not sent without use, unknown with', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    const [unused, used] = await session.permitAll([intentFacts(), intentFacts()]);
    used?.use();
    await session.close({ reason: 'expired', delay: 120 });
    const outcomes = onDisk().flatMap(({ record }) => (record.typ === 'outcome' ? [[record.of, record.result]] : []));
    expect(outcomes).toEqual([
      [unused?.intent, 'not_sent'],
      [used?.intent, 'unknown'],
    ]);
    expect(() => session.outcome(outcomeFacts(unused?.intent ?? ''))).toThrow(/closed/);
    await expect(session.permit(intentFacts())).rejects.toMatchObject({ code: 'session_closed' });
  });
});

describe('a disk that fails', () => {
  it.each([
    ['datasync', 'EIO', /disk reported an error/],
    ['write', 'ENOSPC', /disk is full/],
  ] as const)(
    'gives no permit when %s fails with %s, now or ever after in this session (I6)',
    async (operation, code, words) => {
      let broken = false;
      let calls = 0;
      const files = faultyFiles({
        before(step) {
          if (!broken || step !== operation) return;
          calls++;
          throw systemError(code);
        },
      });
      const log = await open({ files });
      const session = await log.openSession(sessionFacts());
      const other = await log.openSession(sessionFacts());
      const before = await session.permit(intentFacts());
      broken = true;
      await expect(session.permit(intentFacts())).rejects.toMatchObject({
        code: 'log_not_writable',
        message: expect.stringMatching(words),
      });
      // A sync that failed is not tried again, and a healthy disk does not bring the session back.
      expect(calls).toBe(1);
      broken = false;
      await expect(session.permit(intentFacts())).rejects.toMatchObject({ code: 'log_not_writable' });
      await expect(other.permit(intentFacts())).rejects.toMatchObject({ code: 'log_not_writable' });
      expect(() => before.use()).toThrow(words);
      expect(() => session.outcome(outcomeFacts(before.intent))).toThrow(words);
      await expect(session.settle()).rejects.toThrow(words);
      await expect(session.close({ reason: 'failed', delay: null })).rejects.toThrow(words);
      expect(calls).toBe(1);
      expect(log.state().waiting).toMatch(words);
    },
  );

  it('opens a new session on a healthy disk and ends the poisoned ones properly, without a fork (I5)', async () => {
    let broken = false;
    const files = faultyFiles({
      before(step) {
        if (broken && step === 'datasync') throw systemError('EIO');
      },
    });
    const log = await open({ files });
    const session = await log.openSession(sessionFacts());
    const sent = await session.permit(intentFacts());
    sent.use();
    broken = true;
    await expect(session.permit(intentFacts())).rejects.toThrow();
    await expect(log.openSession(sessionFacts())).rejects.toMatchObject({ code: 'log_not_writable' });
    broken = false;
    const next = await log.openSession(sessionFacts());
    await next.permit(intentFacts());
    await next.close({ reason: 'handed_back', delay: null });
    expect(log.state().waiting).toBeNull();
    await log.close();

    // What a restart finds agrees: the unsynced intent does not count, the chain goes on from the durable one.
    const again = await open();
    const found = [...again.deliveries.sessions.values()];
    expect(found.map(({ sid }) => sid)).toEqual([session.sid, next.sid]);
    const lines = await again.readEntries(found[0]?.entries.slice(0, 99) ?? []);
    const records = lines.map((line) => deviceRecord.parse(openEnvelope(line).record));
    expect(records.map(({ typ }) => typ)).toEqual(['session.open', 'intent', 'fault', 'outcome', 'session.close']);
    expect(records.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4]);
    expect(records[2]).toMatchObject({ kind: 'sync_failed' });
    expect(records[3]).toMatchObject({ of: sent.intent, result: 'unknown' });
    expect(records[4]).toMatchObject({ reason: 'failed', intents: 1 });
  });

  it('gives no permit once its folder was removed, and still delivers and ends what it holds (I2, I5, I6)', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    const sent = await session.permit(intentFacts());
    sent.use();
    rmSync(place.dir, { recursive: true });
    await expect(session.permit(intentFacts())).rejects.toMatchObject({
      code: 'log_not_writable',
      message: expect.stringContaining('its file was removed'),
    });
    // Whoever waits for the last records gets what is left of them, from the file that has no name any more.
    void log.drained().catch(() => {});
    const delivery = log.deliveries.session(session.sid);
    await expect.poll(() => delivery.closed).toBe(true);
    const lines = await log.readEntries(delivery.entries.slice(0, 99));
    const records = lines.map((line) => deviceRecord.parse(openEnvelope(line).record));
    expect(records.map(({ typ }) => typ)).toEqual(['session.open', 'intent', 'fault', 'outcome', 'session.close']);
    expect(records[3]).toMatchObject({ of: sent.intent, result: 'unknown' });
    // The folder is there again, and so is the log.
    const next = await log.openSession(sessionFacts());
    await next.permit(intentFacts());
    await log.close();
  });

  it('refuses to open when the folder cannot be made or the disk is full (I6)', async () => {
    writeFileSync(join(place.dir, '..', 'file'), 'in the way');
    await expect(open({ dir: join(place.dir, '..', 'file') })).rejects.toMatchObject({ code: 'log_not_writable' });
    const full = faultyFiles({
      before(step) {
        if (step === 'create') throw systemError('ENOSPC');
      },
    });
    await expect(open({ files: full })).rejects.toMatchObject({
      code: 'log_not_writable',
      message: expect.stringContaining('the disk is full'),
    });
  });

  it('fails before the statement, not after it, when the next segment cannot be made (I6)', async () => {
    let full = false;
    const files = faultyFiles({
      before(step) {
        if (full && step === 'create') throw systemError('ENOSPC');
      },
    });
    const log = await open({ files });
    const session = await log.openSession(sessionFacts());
    full = true;
    let permitted = 0;
    const all = (async () => {
      for (;;) {
        await session.permit(intentFacts());
        permitted++;
      }
    })();
    await expect(all).rejects.toMatchObject({ code: 'log_not_writable' });
    expect(permitted).toBeGreaterThan(10);
    expect(onDisk().filter(({ record }) => record.typ === 'intent')).toHaveLength(permitted);
  });
});

describe('recovery', () => {
  const crash = async (log: DeviceLog): Promise<void> => {
    // What a SIGKILL leaves: the files as they are, nothing closed properly.
    opened = opened.filter((other) => other !== log);
    await log.close();
  };

  it('ends a session that was cut off: unknown outcomes and a close signed by this device (I5)', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    const permit = await session.permit(intentFacts());
    await crash(log);
    const again = await open();
    const records = onDisk().map(({ record }) => record);
    expect(records.slice(2)).toMatchObject([
      { typ: 'outcome', of: permit.intent, result: 'unknown', seq: 2, sid: session.sid },
      { typ: 'session.close', reason: 'recovered', intents: 1, seq: 3 },
    ]);
    expect(again.state()).toMatchObject({ recorded: 4, in_ledger: 0 });
    await crash(again);
    await open();
    expect(onDisk()).toHaveLength(4);
  });

  it('cuts a torn tail, keeps the cut bytes aside, and says so in a fault (I5)', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    await session.permit(intentFacts());
    await session.permit(intentFacts());
    await crash(log);
    const path = join(place.dir, segments()[0] ?? '');
    const bytes = readFileSync(path);
    const frames = scanSegment(bytes).frames.filter(({ kind }) => kind === 'entry');
    const lastFrame = frames.at(-1);
    if (lastFrame === undefined) throw new Error('there is an entry');
    // Half of the last frame reached the disk.
    bytes.fill(0, lastFrame.at + 100);
    writeFileSync(path, bytes);
    const again = await open();
    const records = onDisk().map(({ record }) => record);
    expect(records.map(({ typ }) => typ)).toEqual(['session.open', 'intent', 'fault', 'outcome', 'session.close']);
    expect(records[2]).toMatchObject({ kind: 'torn_tail', seq: 2, sid: session.sid });
    expect(readdirSync(place.dir).some((name) => name.endsWith('.torn'))).toBe(true);
    expect(again.state().recorded).toBe(5);
  });

  it('recovers from a tail cut at every byte (I5)', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    await session.permit(intentFacts());
    await crash(log);
    const name = segments()[0] ?? '';
    const whole = readFileSync(join(place.dir, name));
    const { frames, end } = scanSegment(whole);
    const openEnd = (frames[0]?.at ?? 0) + (frames[0]?.body.length ?? 0);
    for (let cut = openEnd; cut <= end; cut += 37) {
      for (const other of readdirSync(place.dir))
        if (other !== 'devices.json') (await import('node:fs')).rmSync(join(place.dir, other));
      writeFileSync(join(place.dir, name), Buffer.concat([whole.subarray(0, cut), Buffer.alloc(whole.length - cut)]));
      const again = await open();
      const list = types();
      expect(list[0]).toBe('session.open');
      expect(list.at(-1)).toBe('session.close');
      await crash(again);
    }
  });

  it('does not sign for a session of another device key, but tells of it in the next session (I5)', async () => {
    const log = await open();
    const session = await log.openSession(sessionFacts());
    await crash(log);
    const another = newSigner();
    const again = await open({ signer: another });
    expect(onDisk()).toHaveLength(1);
    await again.openSession(sessionFacts());
    const records = onDisk().map(({ record }) => record);
    expect(records.slice(1)).toMatchObject([
      { typ: 'session.open', devn: 0, dev: another.thumbprint },
      { typ: 'fault', kind: 'abandoned', other: session.sid },
    ]);
  });

  it('refuses to open on a folder that holds something else in its place (I6)', async () => {
    const log = await open();
    await log.openSession(sessionFacts());
    await crash(log);
    const { encodeFrames } = await import('./segment.ts');
    writeFileSync(
      join(place.dir, 'segment-00000009.log'),
      encodeFrames([{ kind: 'entry', body: Buffer.from('{"not":"a record"}') }]),
    );
    await expect(open()).rejects.toMatchObject({ code: 'log_damaged' });
  });
});
