import { describe, expect, it } from 'vitest';
import { checkNotes } from './check-words.ts';

const clean = { at: '2026-11-27T03:02:11.000Z', failed: null, blocks: [], widens: [] };
const down = 'Orders does not answer the collector, so this could not be checked';

describe('the words of a check', () => {
  it('are none where nothing was found, and where nobody looked', () => {
    expect(checkNotes(clean, 'engineer')).toEqual([]);
    expect(checkNotes({ ...clean, at: null }, 'engineer')).toEqual([]);
    expect(checkNotes(undefined, 'approver')).toEqual([]);
  });

  it('say first what stops a grant, then what no scope stops', () => {
    const notes = checkNotes({ ...clean, blocks: ['b'], widens: ['w'] }, 'engineer');
    expect(notes.map(({ tone, lines }) => [tone, lines])).toEqual([
      ['warn', ['b']],
      ['quiet', ['w']],
    ]);
    expect(notes[0]?.hint).toContain('pick something else');
    expect(checkNotes({ ...clean, blocks: ['b'] }, 'approver')[0]?.hint).toContain('Approved as it is');
  });

  it('say of a target that is down when it was last checked', () => {
    expect(checkNotes({ ...clean, failed: down }, 'engineer')[0]).toMatchObject({
      title: `${down}.`,
      hint: 'Last checked at 03:02 UTC.',
    });
    expect(checkNotes({ ...clean, at: null, failed: down }, 'engineer')[0]?.hint).toBe('It was not checked before.');
    expect(checkNotes({ ...clean, failed: down, widens: ['w'] }, 'engineer')[0]?.hint).toContain('stands below');
  });
});
