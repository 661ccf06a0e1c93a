import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../shared/ipc-results.ts';
import { caveatOf, countsOf } from './words.ts';

const found = (part: Partial<Comparison>): Comparison => ({
  id: 'x',
  marked: true,
  lines: 43,
  same: 30,
  changed: 5,
  added: 4,
  removed: 4,
  left_rows: 39,
  right_rows: 39,
  repeated: 0,
  ...part,
});

describe('what a comparison says', () => {
  it('counts', () => {
    expect(countsOf(found({}))).toBe('5 changed, 4 added, 4 removed, 30 the same');
    expect(countsOf(found({ changed: 0, added: 0, removed: 0 }))).toBe('No difference: 30 rows');
    expect(countsOf(found({ marked: false }))).toBe('');
  });
  it('tells what was not compared', () => {
    expect(caveatOf(found({}), [39, 39])).toBeNull();
    expect(caveatOf(found({ marked: false }), [39, 39])).toMatch(/^The columns differ/);
    expect(caveatOf(found({ left_rows: 200_000 }), [200_001, 39])).toBe(
      'Only the first 200,000 rows of each were compared.',
    );
    expect(caveatOf(found({ repeated: 3 }), [39, 39])).toMatch(/^3 rows with the key of a row before/);
  });
});
