import { describe, expect, it } from 'vitest';
import { result } from '../gallery/data.ts';
import { cappedWords, progress, recordWords, resultTitle, tagWords, timing } from './words.ts';

describe('what a result says', () => {
  it('says command tags in words, and keeps one that it does not know', () => {
    const tags = [
      'UPDATE 37',
      'UPDATE 1',
      'INSERT 0 5',
      'DELETE 0',
      'SELECT 1204',
      'BEGIN',
      'COMMIT',
      'CREATE TABLE',
      'COPY 12',
    ];
    expect(tags.map(tagWords)).toEqual([
      '37 rows changed',
      '1 row changed',
      '5 rows added',
      '0 rows deleted',
      '1,204 rows',
      'Transaction opened',
      'Committed',
      'CREATE TABLE',
      '12 rows copied',
    ]);
  });
  it('splits the time into what it waited for, the first row and the end', () => {
    expect(timing(result())).toBe('waited 2 ms · first row 29 ms · done 31 ms');
    expect(timing(result({ status: 'error', rows: 0, done_ms: 8 }))).toBe('waited 2 ms · failed after 8 ms');
  });
  it('never says cancelled before the server has', () => {
    expect(progress(result({ status: 'cancelling', done_ms: null }), 1200)).toBe('asking the server to cancel… 1.2 s');
    expect(resultTitle(result({ status: 'cancelling', columns: [] }))).toBe('Running');
    expect(resultTitle(result({ status: 'cancelled' }))).toBe('Cancelled');
  });
  it('says recorded only with an intent, and in the ledger only with an index (I2)', () => {
    expect(recordWords(result()).text).toBe('recorded · ledger 18,204');
    expect(recordWords(result({ ledger_index: null })).text).toBe('recorded, waiting for the ledger');
    expect(recordWords(result({ ledger_index: null, intent: null })).text).toBe('recording…');
    expect(recordWords(result({ ledger_index: null, intent: null, status: 'not_sent' })).text).toBe('not sent');
  });
  it('says where a result was cut, whose limit it was, and how to get the rest', () => {
    const cut = result({ rows: 200_000, stored: 200_000, cap: 'own_rows' });
    expect(cappedWords(cut, true)).toBe(
      'Showing the first 200,000 rows: your settings keep no more. Export can fetch every row.',
    );
    expect(cappedWords(cut, false)).toContain('Narrow the statement');
    expect(cappedWords({ ...cut, rows: 1_204_331, cap: 'grant_rows', repeatable: false }, true)).toBe(
      'Showing the first 200,000 of 1,204,331 rows: this grant keeps no more. Narrow the statement to see the rest.',
    );
    expect(cappedWords({ ...cut, cap: 'disk' }, true)).toContain('temporary files');
  });
});
