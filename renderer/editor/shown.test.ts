import { describe, expect, it } from 'vitest';
import type { Finding } from '../../shared/ipc-editor.ts';
import { shown } from './shown.ts';

const at = (offset: number, start = 0) => ({ offset, start });
const finding = (code: Finding['code'], closed = false): Finding => ({
  code,
  message: '',
  start: 10,
  end: 15,
  statement: { start: 5, end: 30 },
  closed,
});

describe('what is shown while somebody types', () => {
  it.each<
    [name: string, code: Finding['code'], cursor: { offset: number; start: number }, closed: boolean, is: boolean]
  >([
    ['syntax on the line of the cursor', 'syntax', at(30), false, false],
    ['syntax below the cursor', 'syntax', at(6), false, false],
    ['syntax above the line of the cursor', 'syntax', at(25, 20), false, true],
    ['syntax in another statement', 'syntax', at(40), false, true],
    ['syntax of a closed statement that is being mended', 'syntax', at(12), true, false],
    ['no WHERE yet', 'every_row', at(30), false, false],
    ['no WHERE, and a semicolon', 'every_row', at(30), true, true],
    ['no WHERE, and the cursor elsewhere', 'every_row', at(40), false, true],
    ['the name under the cursor', 'not_in_grant', at(15), false, false],
    ['a name that is done', 'not_in_grant', at(16), false, true],
    ['a write under a grant that reads', 'read_only', at(20), false, true],
  ])('%s: shown is %s', (_name, code, cursor, closed, is) =>
    expect(shown([finding(code, closed)], cursor).length === 1).toBe(is),
  );
});
