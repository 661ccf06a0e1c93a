import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readLicences } from '../main/about.ts';
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

  it('lists the licence of everything that ships, with its text', async () => {
    await build({ only: ['renderer', 'main'], out, log: () => {} });
    const [page, main] = ['renderer', 'main'].map((part) =>
      readLicences([join(out, part, 'licences.json')]).map(({ name, licence, text }) => [name, licence, text !== '']),
    );
    expect(page).toContainEqual(['react', 'MIT', true]);
    expect(page).toContainEqual(['monaco-editor', 'MIT', true]);
    expect(page).toContainEqual(['@fontsource-variable/jetbrains-mono', 'OFL-1.1', true]);
    // It makes functions out of text, which the page's own policy forbids: main checks what crosses.
    expect(page).not.toContainEqual(['zod', expect.anything(), expect.anything()]);
    expect(main).toContainEqual(['zod', 'MIT', true]);
    expect(main).toContainEqual(['pg', 'MIT', true]);
    expect(main).not.toContainEqual(['electron', expect.anything(), expect.anything()]);
  }, 120_000);

  it('names the parts there are when asked for one that does not exist', async () => {
    await expect(build({ only: ['kitchen'], out })).rejects.toThrow(`there are ${partNames.join(', ')}`);
  });
});
