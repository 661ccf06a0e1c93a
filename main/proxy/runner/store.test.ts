import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LiveResult } from './result.ts';
import { Room } from './room.ts';
import { RowFile } from './row-file.ts';
import { Shelf } from './shelf.ts';
import { RowStore } from './store.ts';

const MB = 1024 * 1024;
const row = (text: string): Buffer => Buffer.from(text);
const folder = mkdtempSync(join(tmpdir(), 'vitrine-store-'));
const leftovers = (): string[] => readdirSync(folder);
afterAll(() => rmSync(folder, { recursive: true }));
const room = (memory: number, disk = 1024 * MB): Room => new Room({ memory, disk });

/** A disk that fails, or that waits, when it is told to. */
class TestFile extends RowFile {
  writes = 0;
  failFrom = Number.POSITIVE_INFINITY;
  gate: Promise<void> = Promise.resolve();
  override async write(bytes: Buffer, at: number): Promise<void> {
    this.writes++;
    await this.gate;
    if (this.writes > this.failFrom) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    await super.write(bytes, at);
  }
}

async function fill(store: RowStore, count: number, text = (i: number) => `row ${i} ${'x'.repeat(i % 97)}`) {
  for (let i = 0; i < count; i++) {
    if (!store.add(row(text(i)))) return i;
    if (store.full) await store.drained();
  }
  return count;
}

describe('the store', () => {
  it('gives back every window of a result that is larger than its memory, and nothing after wiping (I8)', async () => {
    const store = new RowStore(room(MB / 2), { openFile: () => new RowFile(folder) });
    await fill(store, 50_000);
    store.add(Buffer.alloc(600_000, 'y'));
    store.add(row('last'));
    for (const offset of [0, 1, 4999, 24_950, 49_990, 50_001]) {
      const rows = await store.read(offset, 100);
      expect(rows).toHaveLength(Math.min(100, 50_002 - offset));
      expect(rows[0]?.toString().startsWith(offset === 50_001 ? 'last' : `row ${offset} `)).toBe(true);
    }
    expect(await store.read(50_002, 10)).toEqual([]);
    // Where files may be without a name there is nothing to find even while it lives.
    if (process.platform !== 'win32') await expect.poll(leftovers).toEqual([]);
    const reading = store.read(100, 1000);
    store.wipe();
    expect(await reading).toEqual([]);
    expect(await store.read(0, 10)).toEqual([]);
    expect(store.add(row('more'))).toBe(false);
    await expect.poll(leftovers).toEqual([]);
  });

  it('gives all rows in order, chunk by chunk, without those that come while it reads', async () => {
    const store = new RowStore(room(MB / 2));
    await fill(store, 30_000);
    let at = 0;
    for await (const rows of store.all()) {
      for (const one of rows) expect(one.toString().startsWith(`row ${at++} `)).toBe(true);
      store.add(row('late'));
    }
    expect(at).toBe(30_000);
    store.wipe();
  });

  it('asks to wait while much is on the way to the disk, and to go on when it is there', async () => {
    const file = new TestFile();
    const open = Promise.withResolvers<void>();
    file.gate = open.promise;
    const store = new RowStore(room(0), { openFile: () => file });
    let added = 0;
    while (!store.full) store.add(row(`row ${added++} ${'x'.repeat(1000)}`));
    expect(added * 1000).toBeGreaterThan(4 * MB - 256 * 1024);
    expect(added * 1000).toBeLessThan(6 * MB);
    let goOn = false;
    const drained = store.drained().then(() => {
      goOn = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(goOn).toBe(false);
    // What waits can be read all the same.
    expect((await store.read(17, 1))[0]?.toString()).toMatch(/^row 17 /);
    open.resolve();
    await drained;
    expect(store.full).toBe(false);
    store.wipe();
  });

  it('ends at a full disk and loses nothing of what it kept', async () => {
    const file = new TestFile();
    file.failFrom = 3;
    const store = new RowStore(room(0), { openFile: () => file });
    const added = await fill(store, 100_000);
    expect(added).toBeLessThan(100_000);
    expect(store.stopped).toBe('disk');
    expect(store.rows).toBe(added);
    let at = 0;
    for await (const rows of store.all()) for (const one of rows) expect(one.toString()).toMatch(`row ${at++} `);
    expect(at).toBe(added);
    store.wipe();
  });

  it('ends where its file cannot be made, and keeps what it had', async () => {
    const store = new RowStore(room(0), { openFile: () => new RowFile('/nowhere/at/all') });
    const added = await fill(store, 100_000);
    expect(store.stopped).toBe('disk');
    expect(added).toBeGreaterThan(1000);
    expect(await store.read(added - 1, 5)).toHaveLength(1);
    store.wipe();
  });

  it('ends when the room is used up and nobody else can go', async () => {
    const shared = room(MB / 2, MB);
    const store = new RowStore(shared);
    const added = await fill(store, 100_000);
    expect(store.stopped).toBe('room');
    expect(await store.read(added - 1, 5)).toHaveLength(1);
    store.wipe();
    // The room is free again.
    const next = new RowStore(shared);
    await fill(next, 20_000);
    expect(next.stopped).toBeNull();
    next.wipe();
  });
});

describe('the shelf', () => {
  const caps = { rows: 1_000_000, rowsBy: 'grant_rows', bytes: 1024 * MB } as const;
  const pushed: string[] = [];
  const resultOn = (shelf: Shelf, text: string): LiveResult => {
    const result = new LiveResult(
      { id: randomUUID(), tab: 't', text, offset: 0, n: 1, of: 1 },
      { store: () => shelf.store(), caps },
      0,
      () => 0,
      (state) => state.let_go && pushed.push(state.text),
    );
    shelf.put(result);
    return result;
  };
  const one = Buffer.from([0, 1, 0, 0, 3, 232, ...Buffer.alloc(1000, 'x')]);
  const rows = (result: LiveResult, count: number): void => {
    for (let i = 0; i < count && result.row(one); i++);
  };

  it('lets go of what nobody has looked at for longest when the room is used up, and says so', async () => {
    const shelf = new Shelf(room(0, 4 * MB));
    const [first, second, third] = ['first', 'second', 'third'].map((text) => {
      const result = resultOn(shelf, text);
      rows(result, 1000);
      result.end('done');
      return result;
    });
    shelf.touch(first?.id ?? '');
    const big = resultOn(shelf, 'big');
    rows(big, 2400);
    expect(pushed.splice(0)).toEqual(['second']);
    await expect(second?.window(0, 10)).rejects.toMatchObject({ code: 'result_let_go' });
    expect(await first?.window(0, 10)).toHaveLength(10);
    // Alone it may take everything; then it stops where the room ends and keeps what it has.
    rows(big, 10_000);
    expect(pushed.splice(0)).toEqual(['third', 'first']);
    expect(third?.state).toMatchObject({ let_go: true, stored: 0 });
    expect(big.state).toMatchObject({ cap: 'room', let_go: false });
    expect(await big.window(big.state.stored - 1, 10)).toHaveLength(1);
    shelf.wipe();
  });

  it('does not let go of what is pinned, and names what had to go', () => {
    const gone: string[] = [];
    const shelf = new Shelf(room(0, 4 * MB), ({ state }) => gone.push(`${state.text} ${state.stored}`));
    const [kept, other] = ['kept', 'other'].map((text) => {
      const result = resultOn(shelf, text);
      rows(result, 1000);
      result.end('done');
      return result;
    });
    shelf.pin(kept?.id ?? '', true);
    const big = resultOn(shelf, 'big');
    rows(big, 10_000);
    big.end('done');
    expect(gone).toEqual(['other 1000']);
    expect(big.state.cap).toBe('room');
    expect(kept?.state).toMatchObject({ let_go: false, stored: 1000 });
    expect(() => shelf.pin(other?.id ?? '', true)).toThrow('not kept any more');
    shelf.pin(kept?.id ?? '', false);
    rows(resultOn(shelf, 'last'), 1000);
    expect(gone).toEqual(['other 1000', 'kept 1000']);
    pushed.length = 0;
    shelf.wipe();
  });

  it('never lets go of a result that still runs', () => {
    const shelf = new Shelf(room(0, 2 * MB));
    const running = resultOn(shelf, 'running');
    rows(running, 1500);
    const next = resultOn(shelf, 'next');
    rows(next, 3000);
    expect(next.state.cap).toBe('room');
    expect(running.state).toMatchObject({ let_go: false, stored: 1500 });
    shelf.wipe();
  });

  it('keeps 400 results at most', () => {
    const shelf = new Shelf();
    const first = resultOn(shelf, 'the first');
    rows(first, 1);
    first.end('done');
    for (let i = 0; i < 400; i++) resultOn(shelf, `${i}`).end('done');
    expect(shelf.get(first.id)).toBeUndefined();
    expect(pushed.splice(0)).toEqual(['the first']);
    shelf.wipe();
  });
});
