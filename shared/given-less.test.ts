import { describe, expect, it } from 'vitest';
import { givenLess, lessWords } from './given-less.ts';
import type { Scope, TableScope } from './grants.ts';

const table = (schema: string, name: string): TableScope => ({ schema, table: name, select: '*' });
const scope: Scope = {
  id: 'all',
  label: 'Everything',
  mode: 'read',
  tables: [table('shop', 'orders'), table('shop', 'payments'), table('shop', 'log'), table('audit', 'log')],
};
const asked = { minutes: 45, scope };

describe('what was given less', () => {
  it.each([
    [{}, null],
    [{ minutes: 20 }, '20 of the 45 minutes'],
    [{ without: ['shop.payments'] }, 'all 45 minutes, without table payments'],
    [{ minutes: 20, without: ['shop.payments'] }, '20 of the 45 minutes, without table payments'],
    [{ without: ['shop.orders', 'shop.payments'] }, 'all 45 minutes, without tables orders and payments'],
    [{ without: ['audit.log'] }, 'all 45 minutes, without table audit.log'],
    [{ minutes: 1, scope: 'Look' }, '1 of the 45 minutes, with Look in place of Everything'],
  ])('%j', (given, words) => {
    expect(lessWords(given, asked)).toBe(words);
  });

  it('names each approver who gave less, and nobody who gave all', () => {
    const approval = { sub: 'l', name: 'Li Na', alone: false, at: '2026-11-23T14:00:00.000Z' };
    const approvals = [
      { ...approval, minutes: 20 },
      { ...approval, name: 'Sofia Rossi' },
    ];
    expect(givenLess({ approvals, asked })).toEqual(['Li Na gave 20 of the 45 minutes']);
    expect(givenLess({ approvals: [approval] })).toEqual([]);
  });
});
