import { describe, expect, it } from 'vitest';
import { type NoticeEntry, noticeWords } from './notice.ts';

const notice = (part: Partial<NoticeEntry>): NoticeEntry => ({
  kind: 'notice',
  index: 1,
  at: '2026-11-23T14:00:00.000Z',
  notice: 'export',
  code: 'csv',
  norm: null,
  rows: 37,
  bytes: 2894,
  ...part,
});

describe('notices', () => {
  it('say what left the app: as what, how many rows, how large', () => {
    expect(noticeWords(notice({}))).toEqual({ head: 'Exported a result as CSV', text: '37 rows · 2.9 kB' });
    expect(noticeWords(notice({ code: 'insert', rows: 1, bytes: 80 })).head).toBe('Exported a result as SQL INSERT');
  });
  it('say that an export began, and that one was given up after rows were written', () => {
    expect(noticeWords(notice({ code: 'ndjson_begun', rows: null, bytes: null })).head).toBe(
      'Began to export a result as NDJSON',
    );
    expect(noticeWords(notice({ code: 'csv_removed', rows: 91_000, bytes: 9_100_000 }))).toEqual({
      head: 'Gave up an export as CSV',
      text: '91,000 rows · 9.1 MB were written, and the partial file removed',
    });
  });
  it('say the others with their code, and an unknown one as it is', () => {
    expect(noticeWords(notice({ notice: 'refused', code: 'after_deadline', rows: null, bytes: null }))).toEqual({
      head: 'Refused before it was sent',
      text: 'after deadline',
    });
    expect(noticeWords(notice({ notice: 'something_new', code: null, rows: null })).head).toBe('something new');
    expect(noticeWords(notice({ code: 'parquet' })).head).toBe('Exported a result');
    expect(noticeWords(notice({ code: null })).text).toBe('37 rows · 2.9 kB');
  });
});
