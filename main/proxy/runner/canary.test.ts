import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { type Desk, openDesk } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
let temporary = '';
beforeAll(() => {
  // After the server, which has the rows by right: from here on this process keeps its temporary files apart.
  temporary = mkdtempSync(join(tmpdir(), 'vitrine-canary-'));
  process.env.TMPDIR = temporary;
  return () => rmSync(temporary, { recursive: true, force: true });
});

/** Put together by the server, so that the text of the statement does not hold it. */
const CANARY = 'canary-5d1f-0042';
const QUERY = `select 'canary-' || '5d1f-' || lpad((i % 100)::text, 4, '0') || repeat(' and a row', 12) as secret
  from generate_series(1, 200000) i`;

/** Open files of this process that are really files: their places in /proc, which work for files without a name, too. */
function openFiles(): { path: string; link: string }[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    const path = `/proc/self/fd/${fd}`;
    try {
      return statSync(path).isFile() ? [{ path, link: readlinkSync(path) }] : [];
    } catch {
      // The descriptor of this very listing.
      return [];
    }
  });
}
const rowFiles = () => openFiles().filter(({ link }) => link.includes('vitrine-rows-'));
const holdsCanary = (path: string): boolean => readFileSync(path).includes(CANARY);

/** Every file in the temporary folder of this test, which the audit log is in, too. */
const temporaryFiles = (): string[] =>
  readdirSync(temporary, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );

const desk = closedAfterEach(() => openDesk(world, { limits: { max_rows: 1_000_000, max_bytes: 512 * 1024 * 1024 } }));
type Large = Pick<Desk, 'rig' | 'runner'> & { readonly id: string };
async function openLarge(): Promise<Large> {
  const { rig, runner, start, ended } = await desk();
  const [id = ''] = await start(QUERY, true);
  expect(await ended(id)).toMatchObject({ status: 'done', stored: 200_000 });
  expect((await runner.results.rows({ result: id, offset: 41, count: 1 }))[0]?.[0]).toContain(CANARY);
  expect((await runner.results.rows({ result: id, offset: 199_941, count: 1 }))[0]?.[0]).toContain(CANARY);
  return { rig, runner, id };
}

describe.skipIf(process.platform !== 'linux')('rows of a large result', () => {
  it('would be found by these tests if they were in the clear', () => {
    const path = join(tmpdir(), 'vitrine-rows-in-the-clear');
    const fd = openSync(path, 'w+');
    writeSync(fd, `some ${CANARY} here`);
    expect(temporaryFiles().filter(holdsCanary)).toEqual([path]);
    rmSync(path);
    expect(rowFiles().some((file) => holdsCanary(file.path))).toBe(true);
    closeSync(fd);
  });

  it('are on the disk, and nowhere in the clear: not in the file, not in the log, not under a name (I8)', async () => {
    await openLarge();
    await expect.poll(() => rowFiles().map(({ path }) => statSync(path).size)[0] ?? 0).toBeGreaterThan(5_000_000);
    expect(openFiles().filter(({ path }) => holdsCanary(path))).toEqual([]);
    expect(temporaryFiles().length).toBeGreaterThan(0);
    expect(temporaryFiles().filter(holdsCanary)).toEqual([]);
    // A crash leaves nothing behind: the file has no name.
    expect(temporaryFiles().filter((path) => path.includes('vitrine-rows-'))).toEqual([]);
    expect(rowFiles().every(({ link }) => link.endsWith('(deleted)'))).toBe(true);
  });

  it.each([
    ['its tab is closed', async ({ runner, id }) => runner.close(id)],
    ['the grant is handed back', async ({ rig }) => void (await rig.relay.cut('handed_back'))],
    ['the grant expires', async ({ rig }) => void (await rig.relay.cut('expired'))],
    ['the app quits', async ({ runner }) => runner.dispose()],
  ] as [string, (large: Large) => Promise<void>][])('are gone, file and key, when %s (I8)', async (_when, end) => {
    const opened = await openLarge();
    await expect.poll(() => rowFiles().length).toBe(1);
    const reading = opened.runner.results.rows({ result: opened.id, offset: 150_000, count: 10 }).catch(() => []);
    await end(opened);
    await reading;
    await expect.poll(rowFiles).toEqual([]);
    await expect(opened.runner.results.rows({ result: opened.id, offset: 0, count: 10 })).rejects.toThrow(/not kept/);
  });
});
