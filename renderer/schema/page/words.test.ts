import { describe, expect, it } from 'vitest';
import type { SectionOf } from '../../../shared/ipc-schema.ts';
import { mayWords, rowsWords, sizeWords, viewsOf } from './words.ts';

const overview = (part: Partial<SectionOf<'overview'>> = {}): SectionOf<'overview'> => ({
  section: 'overview',
  oid: 1,
  schema: 'shop',
  name: 'orders',
  kind: 'table',
  comment: null,
  rows: 1200,
  columns: 9,
  readable: 9,
  writes: false,
  owner: 'shop_owner',
  analyzed: null,
  may: { select: 'all', insert: 'none', update: 'none', delete: false },
  filtered: false,
  partition_of: null,
  partition_key: null,
  ...part,
});

describe('a page', () => {
  it.each([
    [{}, 'You may: read.'],
    [{ readable: 6 }, 'You may: read 6 of 9 columns.'],
    [
      { readable: 6, may: { select: 'some', insert: 'all', update: 'some', delete: true } as const },
      'You may: read 6 of 9 columns, insert, update some columns, delete.',
    ],
    [{ readable: 0 }, 'Not in this grant: you may do nothing with it.'],
  ])('with %j says “%s”', (part, words) => expect(mayWords(overview(part))).toBe(words));

  it('does not guess how many rows there are', () => {
    expect(rowsWords(overview())).toBe('about 1.2k rows');
    expect(rowsWords(overview({ analyzed: '2026-11-23 11:40 UTC' }))).toBe(
      'about 1.2k rows, analysed 2026-11-23 11:40 UTC',
    );
    expect(rowsWords(overview({ rows: null }))).toContain('never analysed');
    expect(rowsWords(overview({ kind: 'view', rows: null }))).toBe('');
  });
  it('leaves out what takes no room', () => {
    expect(sizeWords({ section: 'size', table: 8192, indexes: 0, toast: 0 })).toBe('8.2 kB table');
    expect(sizeWords({ section: 'size', table: 0, indexes: 0, toast: 0 })).toBe('');
  });
  it('has only sections that its kind can have', () => {
    expect(viewsOf('view')).not.toContain('indexes');
    expect(viewsOf('table')).not.toContain('partitions');
    expect(viewsOf('partitioned')).toContain('partitions');
  });
});
