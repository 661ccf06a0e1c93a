import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_DIGEST, MAX_BUNDLE_LINE_BYTES, nextDigest, writeBundle } from '../shared/audit/bundle.ts';
import { canonical } from '../shared/audit/canonical.ts';
import type { BundleReport } from '../shared/audit/findings.ts';
import { linesOf } from '../shared/audit/lines.ts';
import { BundleVerifier, verifyBundle } from '../shared/audit/verify-bundle.ts';
import { toBase64url } from '../shared/encoding.ts';
import { Fault } from '../shared/errors.ts';
import { main, verifyRsa } from './cli.ts';
import { bundleOf, listOf, p, type World, type WorldOptions, worldOf } from './testing.ts';

const check = (bytes: Uint8Array | string, logKey?: string): Promise<BundleReport> =>
  verifyBundle(linesOf([typeof bytes === 'string' ? Buffer.from(bytes) : bytes], MAX_BUNDLE_LINE_BYTES), {
    p,
    verifyRsa,
    ...(logKey === undefined ? {} : { logKey }),
  });
/**
 * The same checks for thousands of bundles that differ in one byte: signatures that were seen before are looked up, and
 * the first finding ends it. Answers whether there was one.
 */
const seen = new Map<string, boolean>();
function remembered(key: unknown, message: Uint8Array, signature: Uint8Array, verify: () => boolean): boolean {
  const name = [
    JSON.stringify(key),
    Buffer.from(message).toString('latin1'),
    Buffer.from(signature).toString('latin1'),
  ].join();
  const known = seen.get(name);
  if (known !== undefined) return known;
  const answer = verify();
  seen.set(name, answer);
  return answer;
}
async function findsSomething(bytes: Uint8Array | string): Promise<boolean> {
  let found = false;
  const verifier = new BundleVerifier({
    p: { ...p, verify: (key, message, sig) => remembered(key, message, sig, () => p.verify(key, message, sig)) },
    verifyRsa: (jwk, message, sig) => remembered(jwk, message, sig, () => verifyRsa(jwk, message, sig) === true),
    onFinding: () => {
      found = true;
    },
  });
  try {
    for await (const line of linesOf([typeof bytes === 'string' ? Buffer.from(bytes) : bytes], MAX_BUNDLE_LINE_BYTES)) {
      await verifier.feed(line);
      if (found) return true;
    }
  } catch (cause) {
    if (cause instanceof Fault) return true;
    throw cause;
  }
  return verifier.finish().found > 0;
}
const classesOf = (report: BundleReport): string[] => [...new Set(report.findings.map((finding) => finding.class))];
/** The same lines with a fresh last line, as a forger of the bundle would write it. */
function resealed(lines: readonly string[]): string {
  const texts = lines.map((line) => line.replace(/\n$/, ''));
  let digest = FIRST_DIGEST;
  for (const text of texts.slice(0, -1)) digest = nextDigest(digest, text, p);
  const end = { ...JSON.parse(texts.at(-1) ?? ''), digest: toBase64url(digest) };
  return `${[...texts.slice(0, -1), canonical(end)].join('\n')}\n`;
}

describe('a bundle that is as it was made', () => {
  it('has no finding, and the report says what was checked (I4)', async () => {
    const world = await worldOf({ disclose: true });
    const report = await check(world.lines.join(''), world.vkey);
    expect(report.findings).toEqual([]);
    expect(report.exitCode).toBe(0);
    expect(report.facts).toMatchObject({
      person: 'Amira Haddad',
      target: 'Orders',
      sessions: 2,
      statements: 6,
      rows: 6,
      logKey: 'pinned',
    });
    for (const [name, result] of Object.entries(report.classes)) expect(result.checked, name).toBeGreaterThan(0);
  });
  it.each([1, 2, 3, 5])(
    'has no finding with %i strangers between its entries and many batches (I4)',
    async (strangers) => {
      expect((await check(await bundleOf({ statements: 120, strangers }))).findings).toEqual([]);
    },
  );
});

describe('any change of a bundle is found (I5)', () => {
  let world: World;
  let lines: string[];
  let whole: Buffer;
  beforeAll(async () => {
    // Small, so that every byte of it can be tried: one session with one statement.
    const omit = ({ typ }: Record<string, unknown>): boolean =>
      ['request', 'activation', 'revoked'].includes(String(typ));
    world = await worldOf({ statements: 1, sessions: 1, strangers: 0, omit });
    lines = world.lines;
    whole = Buffer.from(lines.join(''));
    expect(await findsSomething(whole)).toBe(false);
  });

  it('finds every single flipped byte of every entry line (I5)', async () => {
    const first = lines.findIndex((line) => line.startsWith('{"entry"'));
    const start = Buffer.byteLength(lines.slice(0, first).join(''));
    const end = whole.length - Buffer.byteLength(lines.at(-1) ?? '');
    let missed = 0;
    for (let at = start; at < end; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 7));
      if (!(await findsSomething(changed))) missed++;
    }
    expect(end - start).toBeGreaterThan(5000);
    expect(missed).toBe(0);
  }, 300_000);

  it('finds every single flipped byte of every other line too (I5)', async () => {
    const first = lines.findIndex((line) => line.startsWith('{"entry"'));
    const start = Buffer.byteLength(lines.slice(0, first).join(''));
    const end = whole.length - Buffer.byteLength(lines.at(-1) ?? '');
    for (let at = 0; at < whole.length; at = at + 1 === start ? end : at + 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 7));
      expect(await findsSomething(changed), `byte ${at}`).toBe(true);
    }
  }, 300_000);

  it('finds a flipped byte in an entry even when the forger repairs the last line (I5)', async () => {
    const first = lines.findIndex((line) => line.startsWith('{"entry"'));
    for (let n = first; n < lines.length - 1; n++) {
      const line = lines[n] ?? '';
      for (let at = 0; at < line.length - 1; at += 7) {
        const code = line.charCodeAt(at) ^ 1;
        const changed = [...lines];
        changed[n] = `${line.slice(0, at)}${String.fromCharCode(code)}${line.slice(at + 1)}`;
        expect(await findsSomething(resealed(changed)), `line ${n + 1}, byte ${at}`).toBe(true);
      }
    }
  }, 300_000);

  it('finds random flipped bytes in a larger bundle (I5)', async () => {
    const large = Buffer.from(await bundleOf({ statements: 40, strangers: 2 }));
    for (let n = 0; n < 30; n++) {
      const changed = Buffer.from(large);
      const at = Math.floor(Math.random() * large.length);
      changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
      expect((await check(changed)).found, `byte ${at}`).toBeGreaterThan(0);
    }
  }, 300_000);

  it('finds every dropped, doubled and swapped line, also with the last line repaired (I5)', async () => {
    const missed: string[] = [];
    const { lines } = await worldOf({ disclose: true });
    for (let n = 0; n < lines.length; n++) {
      const line = lines[n] ?? '';
      const dropped = lines.toSpliced(n, 1);
      const doubled = lines.toSpliced(n, 0, line);
      const swapped = n === 0 ? [] : lines.toSpliced(n - 1, 2, line, lines[n - 1] ?? '');
      for (const [what, changed] of Object.entries({ dropped, doubled, swapped })) {
        if (changed.length === 0) continue;
        if (!(await findsSomething(changed.join('')))) missed.push(`${what} ${n}`);
        if (n < lines.length - 2 && !(await findsSomething(resealed(changed)))) missed.push(`${what} ${n} resealed`);
      }
    }
    expect(missed).toEqual([]);
  });

  it('finds a bundle that is cut off at any line or inside one (I5)', async () => {
    for (let n = 0; n < lines.length; n++) {
      const cut = await check(lines.slice(0, n).join(''));
      expect(cut.findings.some(({ message }) => message.includes('cut off'))).toBe(true);
    }
    const inside = await check(whole.subarray(0, whole.length - 1));
    expect(classesOf(inside)).toContain('bundle');
    expect((await check(Buffer.concat([whole, Buffer.from('{}\n')]))).findings[0]?.message).toMatch(
      /behind the last line/,
    );
    expect((await check('')).exitCode).toBe(10);
  });
});

describe('what a device, a collector or a forger could try (I4, I5)', () => {
  const lies: [string, WorldOptions, string, RegExp][] = [
    [
      'a device record signed by another key',
      { forge: (r) => r.typ === 'intent' },
      'envelope',
      /not signed by its device key/,
    ],
    [
      'a session.open signed by another key',
      { forge: (r) => r.typ === 'session.open' },
      'envelope',
      /not signed by its device key/,
    ],
    ['a collector record signed by another key', { forge: (r) => r.typ === 'revoked' }, 'envelope', /entry key/],
    ['a withheld intent', { omit: (r) => r.typ === 'intent' && r.seq === 1 }, 'chain', /expected/],
    ['a withheld session close', { omit: (r) => r.typ === 'session.close' }, 'outcome', /not closed/],
    ['a withheld session', { sessions: 3, omit: (r) => r.devn === 1 }, 'chain', /missing between/],
    ['a withheld grant', { omit: (r) => r.typ === 'grant' }, 'identity', /before any grant/],
    ['an ID token of another device key', { token: { nonce: 'other' } }, 'identity', /does not commit/],
    ['an ID token with alg none', { token: { alg: 'none' } }, 'identity', /not signed by a key of its provider/],
    ['an ID token of a foreign key', { token: { alg: 'foreign' } }, 'identity', /not signed by a key of its provider/],
    [
      'a grant for another device',
      { grantDevice: 'A'.repeat(43) },
      'identity',
      /a device that the grant does not name/,
    ],
    ['a gap in seq', { lie: (r) => (r.seq === 3 ? { ...r, seq: 4 } : r) }, 'chain', /expected/],
    [
      'a wrong prev',
      { lie: (r) => (r.seq === 3 ? { ...r, prev: 'A'.repeat(43) } : r) },
      'chain',
      /does not name the record before/,
    ],
    ['two sessions with one ordinal', { lie: (r) => ({ ...r, devn: 0 }) }, 'chain', /have the ordinal 0/],
    [
      'an ack of another tree',
      { lie: (r) => (r.seq === 2 ? { ...r, ack: { ...(r.ack as object), root: 'A'.repeat(43) } } : r) },
      'ack',
      /not a beginning/,
    ],
    [
      'an ack that goes back',
      {
        lie: (r) => (r.seq === 6 ? { ...r, ack: { size: 0, root: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' } } : r),
      },
      'ack',
      /smaller tree/,
    ],
    [
      'an outcome of nothing',
      { lie: (r) => (r.typ === 'outcome' && r.seq === 2 ? { ...r, of: 'A'.repeat(22) } : r) },
      'outcome',
      /not there/,
    ],
    [
      'a close that counts too little',
      { lie: (r) => (r.typ === 'session.close' ? { ...r, rows: 0 } : r) },
      'outcome',
      /say otherwise/,
    ],
    ['a clock an hour behind', { lie: (r) => ({ ...r, t: '2026-11-23T01:00:00.000Z' }) }, 'time', /happened later/],
    [
      'a clock an hour ahead',
      { lie: (r) => ({ ...r, t: '2026-11-23T03:00:00.000Z' }) },
      'time',
      /after it was received/,
    ],
    [
      'a statement after the deadline',
      { lie: (r) => (r.typ === 'intent' ? { ...r, t: '2026-11-23T02:40:00.000Z' } : r) },
      'time',
      /after the deadline/,
    ],
    [
      'a record with an unknown key',
      { lie: (r) => (r.seq === 2 ? { ...r, extra: 1 } : r) },
      'form',
      /not a known record/,
    ],
    [
      'a collector record of another key',
      { lieAsCollector: (r) => (r.typ === 'grant' ? { ...r, col: 'A'.repeat(43) } : r) },
      'envelope',
      /entry key/,
    ],
    [
      'a receipt that names another head',
      { lieAsCollector: (r) => (r.typ === 'receipt' ? { ...r, head: 'A'.repeat(43) } : r) },
      'chain',
      /does not fit/,
    ],
    [
      'a disclosure that nobody recorded',
      { disclose: true, omit: (r) => r.typ === 'disclosure' },
      'disclosure',
      /Nobody recorded/,
    ],
  ];
  it.each(lies)('finds %s', async (_what, options, name, words) => {
    const report = await check(await bundleOf(options));
    const found = report.findings.filter((finding) => finding.class === name).map(({ message }) => message);
    expect(
      found.some((message) => words.test(message)),
      JSON.stringify(report.findings.slice(0, 5)),
    ).toBe(true);
    expect(report.exitCode).not.toBe(0);
  });

  it('finds a disclosed text that is not the one that was committed to', async () => {
    const { parts } = await worldOf({ disclose: true });
    const other = await worldOf({ disclose: true });
    const disclosures = parts.disclosures.map((item) => ({ ...item, sql: other.parts.disclosures[0]?.sql ?? '' }));
    const lines = await listOf(writeBundle({ ...parts, disclosures }, p));
    expect(classesOf(await check(lines.join('')))).toEqual(['disclosure']);
  });

  it('finds a bundle of another ledger than the one whose key was pinned', async () => {
    const report = await check(await bundleOf(), (await worldOf()).vkey);
    expect(report.exitCode).toBe(11);
  });

  it('finds a ledger that forgot a checkpoint it had signed', async () => {
    const { parts } = await worldOf();
    const other = await worldOf();
    const checkpoints = [other.parts.checkpoints[0] ?? '', ...parts.checkpoints.slice(1)];
    const lines = await listOf(writeBundle({ ...parts, checkpoints }, p));
    expect((await check(lines.join(''))).exitCode).toBe(11);
    const consistency = parts.consistency.slice(1);
    const without = await listOf(writeBundle({ ...parts, consistency }, p));
    expect((await check(without.join(''))).exitCode).toBe(13);
  });
});

describe('the command line', () => {
  let dir: string;
  let good: string;
  let world: World;
  const run = async (...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> => {
    const [out, err]: [string[], string[]] = [[], []];
    const code = await main(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
    return { code, out, err };
  };
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'vitrine-verify-'));
    world = await worldOf();
    good = join(dir, 'good.ndjson');
    writeFileSync(good, world.lines.join(''));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('prints no finding and exits with 0 for a good bundle', async () => {
    const { code, out } = await run(good, '--log-key', world.vkey);
    expect([code, out.at(-1)]).toEqual([0, 'No findings.']);
  });
  it('prints one line per finding and exits with the code of the first class', async () => {
    const bad = join(dir, 'bad.ndjson');
    writeFileSync(bad, await bundleOf({ lie: (r) => (r.seq === 3 ? { ...r, seq: 4 } : r) }));
    const { code, out } = await run(bad);
    expect(code).toBe(16);
    const [, count] = /^(\d+) findings\.$/.exec(out.at(-1) ?? '') ?? [];
    expect(out.filter((line) => line.startsWith('FINDING '))).toHaveLength(Number(count));
  });
  it('prints the report as one JSON object with --json', async () => {
    const { code, out } = await run(good, '--json');
    expect(code).toBe(0);
    expect(out).toHaveLength(1);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ found: 0, facts: { logKey: 'bundle' } });
  });
  it.each([[[]], [['a', 'b']], [['--what']], [['missing.ndjson']], [['x', '--log-key', 'nonsense']]])(
    'exits with 2 and says why for %j',
    async (args) => {
      const { code, err } = await run(...args);
      expect(code).toBe(2);
      expect(err.join('\n')).not.toBe('');
    },
  );
  it('runs as a program', () => {
    const program = join(dirname(fileURLToPath(import.meta.url)), 'index.ts');
    expect(execFileSync(process.execPath, [program, good], { encoding: 'utf8' })).toMatch(/No findings\.\n$/);
    expect(spawnSync(process.execPath, [program]).status).toBe(2);
  });
});
