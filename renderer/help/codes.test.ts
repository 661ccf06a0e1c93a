import { describe, expect, it } from 'vitest';
import { allHelp, helpFor, searchHelp } from './codes.ts';

/** The sources, as text. */
const sources = import.meta.glob<string>(
  ['../../main/**/*.ts', '../../shared/**/*.ts', '!**/*.test.ts', '!../../main/terminal/**'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
);
/** Codes of every Fault that main or shared can throw: the first argument, where it is written out. */
const thrown = (): Set<string> =>
  new Set(
    Object.values(sources).flatMap((text) =>
      [...text.matchAll(/new Fault\(\s*'(\w+)'/g)].map(([, code]) => code ?? ''),
    ),
  );

describe('help for error codes', () => {
  it('is there for every code of ours that the app can show', () => {
    const codes = thrown();
    expect(codes.size).toBeGreaterThan(60);
    expect([...codes].filter((code) => helpFor(code) === null)).toEqual([]);
  });
  it('says what a code means and what helps, each time in whole sentences', () => {
    for (const { codes, title, means, todo } of allHelp) {
      expect(codes.length).toBeGreaterThan(0);
      expect(title).not.toMatch(/\.$/);
      expect(means).toMatch(/\.$/);
      expect(todo).toMatch(/[.;]$|\]$|\)$/);
    }
  });
  it('falls back to the class of a SQLSTATE, and to nothing', () => {
    expect(helpFor('42P07')?.title).toBe('The text, or what it names');
    expect(helpFor('ZZ999')).toBeNull();
    expect(helpFor('no_such_code')).toBeNull();
  });
  it('is found by code and by words', () => {
    expect(searchHelp('42501')[0]?.title).toBe('Not allowed');
    expect(searchHelp('42p07')[0]?.title).toBe('The text, or what it names');
    expect(searchHelp('deadlock')[0]?.codes).toContain('40P01');
    expect(searchHelp('')).toBe(allHelp);
    expect(searchHelp('xyzzy')).toEqual([]);
  });
});
