import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { build, partNames } from './build.ts';

const out = mkdtempSync(join(tmpdir(), 'vitrine-out-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe('the build', () => {
  it('makes the preload one CommonJS file that requires nothing but electron (I7)', async () => {
    const lines: string[] = [];
    await build({ only: ['preload'], out, log: (line) => lines.push(line) });
    expect(lines).toEqual([expect.stringMatching(/^built preload +\d+\.\d s$/)]);
    expect(readdirSync(join(out, 'preload'))).toEqual(['index.cjs']);
    const code = readFileSync(join(out, 'preload', 'index.cjs'), 'utf8');
    const required = [...code.matchAll(/\brequire\(["'`]([^"'`]+)["'`]\)/g)].map((match) => match[1]);
    expect(new Set(required)).toEqual(new Set(['electron']));
    expect(code).not.toMatch(/^\s*(import|export)\s/m);
  }, 120_000);

  it('leaves alone what has not changed, and makes it anew when asked to', async () => {
    const lines: string[] = [];
    const log = (line: string): number => lines.push(line);
    await build({ only: ['preload'], out, log });
    expect(lines).toEqual([]);
    await build({ only: ['preload'], out, log, force: true });
    expect(lines).toHaveLength(1);
    expect(readdirSync(out).sort()).toEqual(['.built', 'preload']);
  }, 120_000);

  it('names the parts there are when asked for one that does not exist', async () => {
    await expect(build({ only: ['kitchen'], out })).rejects.toThrow(`there are ${partNames.join(', ')}`);
  });
});
