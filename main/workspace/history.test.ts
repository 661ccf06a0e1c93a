import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResultState } from '../../shared/ipc.ts';
import type { HistoryQuery } from '../../shared/ipc-history.ts';
import { type HistoryContext, openHistory } from './history.ts';

let folder = '';
let clock = Date.parse('2026-11-23T12:00:00Z');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-history-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const id = (n: number): string => String(n).padStart(22, '0');
const context: HistoryContext = {
  grant: id(900),
  target: { id: 'orders', label: 'Orders', environment: 'production' },
  severity: 'SEV1',
  ticket: 'INC-4711',
};
const billing: HistoryContext = { ...context, target: { id: 'billing', label: 'Billing', environment: 'staging' } };
const result = (n: number, part: Partial<ResultState> = {}): ResultState => ({
  id: id(n),
  tab: 'a',
  text: `select ${n}`,
  offset: 0,
  n: 1,
  of: 1,
  status: 'done',
  columns: [],
  rows: 1,
  stored: 1,
  cap: null,
  repeatable: true,
  let_go: false,
  tag: 'SELECT 1',
  notices: [],
  error: null,
  queued_ms: 0,
  waited_ms: 1,
  first_row_ms: 2,
  done_ms: n,
  cancel_ms: null,
  fate: null,
  intent: id(n + 500),
  ledger_index: null,
  ...part,
});
const all: HistoryQuery = {
  search: '',
  target: null,
  outcome: null,
  longer_ms: null,
  since: null,
  before: null,
  count: 50,
};
const key = new Uint8Array(32).fill(7);
const open = (device = 'device') => openHistory({ folder, device, key, now: () => clock });
const file = (): string => join(folder, 'device.log');

describe('the history', () => {
  it('keeps what has ended, across a restart, and nothing of it in the clear (I8)', async () => {
    const history = open();
    history.note(result(1, { status: 'running' }), context);
    history.note(result(1), context);
    history.note(result(2, { status: 'not_sent' }), context);
    await history.settled();
    expect(readFileSync(file(), 'utf8')).not.toMatch(/select|INC-4711/);
    expect(open().find(all).entries).toMatchObject([{ text: 'select 1', outcome: 'ok', ticket: 'INC-4711' }]);
  });

  it('learns the place in the ledger late, also after a restart', async () => {
    const history = open();
    history.note(result(1), context);
    await history.settled();
    const later = open();
    later.receipted((intent) => (intent === id(501) ? 18_204 : null));
    await later.settled();
    expect(open().find(all).entries).toMatchObject([{ ledger_index: 18_204 }]);
    expect(open().find(all).entries).toHaveLength(1);
  });

  it('gives pages by what came before, so that new statements move nothing', () => {
    const history = open();
    for (let n = 1; n <= 5; n++) history.note(result(n), context);
    const first = history.find({ ...all, count: 2 });
    history.note(result(6), context);
    const second = history.find({ ...all, count: 2, before: first.next });
    expect([...first.entries, ...second.entries].map(({ text }) => text)).toEqual([
      'select 5',
      'select 4',
      'select 3',
      'select 2',
    ]);
    expect(history.find({ ...all, count: 2, before: second.next })).toMatchObject({ next: null });
  });

  it.each<[string, Partial<HistoryQuery>, string[]]>([
    ['a text', { search: 'SELECT 2' }, ['select 2']],
    ['a ticket', { search: 'inc-47' }, ['select 3', 'select 2', 'select 1']],
    ['a target', { target: 'billing' }, ['select 3']],
    ['how it ended', { outcome: 'error' }, ['select 2']],
    ['what took long', { longer_ms: 2 }, ['select 3']],
    ['since when', { since: '2026-11-23T12:00:01.000Z' }, []],
  ])('finds %s', (_what, query, texts) => {
    const history = open();
    history.note(result(1), context);
    history.note(result(2, { status: 'error' }), context);
    history.note(result(3), billing);
    expect(history.find({ ...all, ...query }).entries.map(({ text }) => text)).toEqual(texts);
  });

  it('is gone when it was cleared, and after 90 days', async () => {
    const history = open();
    history.note(result(1), context);
    await history.clear();
    expect(readdirSync(folder)).toEqual([]);
    history.note(result(2), context);
    await history.settled();
    clock += 91 * 86_400_000;
    expect(open().find(all).entries).toEqual([]);
  });

  it('puts a damaged file aside, says so, and keeps what can be read', async () => {
    const history = open();
    history.note(result(1), context);
    await history.settled();
    writeFileSync(file(), `AAAA\nBBBB\n${readFileSync(file(), 'utf8')}`);
    const damaged = open();
    expect(damaged.mishap?.message).toContain('device.log.damaged-');
    expect(damaged.find(all).entries).toHaveLength(1);
    expect(open().mishap).toBeNull();
  });

  it('reads over a last line that a crash has cut', async () => {
    const history = open();
    history.note(result(1), context);
    await history.settled();
    writeFileSync(file(), `${readFileSync(file(), 'utf8')}QUJD`);
    expect(open()).toMatchObject({ mishap: null });
    expect(open().find(all).entries).toHaveLength(1);
  });

  it('removes what the key of a forgotten device has sealed', async () => {
    const history = open();
    history.note(result(1), context);
    await history.settled();
    open('another');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps nobody from working where its folder cannot be used', () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file');
    const history = open();
    expect(history.mishap?.message).toContain('could not be opened');
    history.note(result(1), context);
    expect(history.find(all).entries).toHaveLength(1);
  });

  it('says when the disk takes nothing, and keeps the statement in memory', async () => {
    const history = open();
    rmSync(folder, { recursive: true });
    history.note(result(1), context);
    await history.settled();
    expect(history.find(all)).toMatchObject({
      problem: expect.stringContaining('ENOENT'),
      entries: [{ text: 'select 1' }],
    });
    open();
  });
});
