import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AppState, Settings } from '../shared/ipc.ts';
import { firstSettings } from '../shared/settings.ts';
import { diagnostics, readLicences } from './about.ts';

const facts = {
  version: '0.1.0',
  build: 'abc',
  packaged: true,
  versions: { node: '24.21.0', electron: '45.4.1' },
  system: 'Linux 6.12 x64',
  collector: 'https://collector.example',
  now: new Date('2026-11-26T14:00:00Z'),
};
// Only what is asked for is here.
const settings: Settings = {
  ...firstSettings,
  theme: 'dark',
  targets: { orders: { label: 'Secret name', note: 'a note' } },
};

describe('diagnostics', () => {
  it('hold versions, phase and counts, and nothing of what was typed or of who typed it (I7)', () => {
    const state = {
      phase: 'locked',
      person: { sub: 'amira', name: 'Amira Haddad', roles: [] },
      prefill: { reason: 'a secret reason', ticket: 'INC-4711' },
      problem: { code: 'denied', message: 'Jonas says: not tonight', hint: null },
      ledger: { recorded: 5, in_ledger: 3, index: 2, waiting: 'the collector at 10.0.0.1' },
    } as unknown as AppState;
    const text = diagnostics(facts, state, settings);
    expect(text).toContain('vitrine: 0.1.0 (abc)\n');
    expect(text).toContain('electron: 45.4.1\n');
    expect(text).toContain('chrome: none\n');
    expect(text).toContain('problem: denied\n');
    expect(text).toContain('records: 5 written, 3 in the ledger\n');
    expect(text).not.toMatch(/amira|haddad|secret|INC-4711|jonas|10\.0\.0\.1/i);
  });
});

describe('licences', () => {
  it('are read from what the build made, each package once, and refused where they are something else', () => {
    const dir = mkdtempSync(join(tmpdir(), 'vitrine-licences-'));
    const one = { name: 'zod', version: '4.0.0', licence: 'MIT', text: 'MIT' };
    const [a, b, bad] = ['a.json', 'b.json', 'bad.json'].map((file) => join(dir, file)) as [string, string, string];
    writeFileSync(a, JSON.stringify([one]));
    writeFileSync(b, JSON.stringify([{ ...one, name: 'pg' }, one]));
    writeFileSync(bad, JSON.stringify([{ name: 'x' }]));
    expect(readLicences([a, b]).map(({ name }) => name)).toEqual(['pg', 'zod']);
    expect(() => readLicences([bad])).toThrow();
    rmSync(dir, { recursive: true });
  });
});
