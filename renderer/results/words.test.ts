import { describe, expect, it } from 'vitest';
import { result } from '../gallery/data.ts';
import {
  cappedWords,
  progress,
  recordWords,
  resultTitle,
  scriptWords,
  tagWords,
  textRuns,
  timing,
  timingDetail,
  unconfirmed,
} from './words.ts';

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
  it('says where the time went', () => {
    expect(timingDetail(result())).toBe(
      '0.4 ms until its turn\n2 ms until its record was safe; then it was sent\n27 ms until the first row came\n2 ms for the other rows',
    );
    expect(timingDetail(result({ waited_ms: null }))).toBe('');
    expect(timingDetail(result({ first_row_ms: null, done_ms: 12 }))).toContain('10 ms at the server and on the way');
  });
  it('says which statement of how many runs, and what of a long text is not shown', () => {
    const some = (from: number, to: number, of: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => result({ n: from + i, of }));
    const three = result({ status: 'running', first_row_ms: null, n: 3, of: 12 });
    expect(progress(three, 400)).toBe('3 of 12 · running 0.4 s');
    expect(textRuns([...some(1, 2, 12), three])).toBe(true);
    // Between two statements of a long text nothing runs, and yet it is not over.
    expect(textRuns(some(1, 2, 12))).toBe(true);
    expect(textRuns([...some(1, 2, 12), result({ status: 'error', n: 3, of: 12 })])).toBe(false);
    expect(scriptWords([...some(1, 2, 12), result({ status: 'error', n: 3, of: 12 })])).toBe(
      'The 9 statements after this were not sent.',
    );
    expect(scriptWords(some(9801, 10_000, 10_000))).toBe(
      'Only the last 200 results are kept; statements 1 to 9,800 ended well before them.',
    );
    expect(scriptWords(some(1, 12, 12))).toBeNull();
  });
  it('says for how long the server has not confirmed a cancel', () => {
    const asked = result({ status: 'cancelling', cancel_ms: 2000, done_ms: null });
    expect(progress(asked, 6000)).toBe('asking the server to cancel… 4.0 s');
    expect(unconfirmed(asked, 6999)).toBe(false);
    expect(progress(asked, 9400)).toBe('asked the server 7 s ago to cancel; it has not confirmed');
    expect(unconfirmed(asked, 7000)).toBe(true);
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
