/** The walls of the house: planted imports across them must fail the linter; the ones the house allows must not. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const WALLS: readonly (readonly [file: string, specifier: string])[] = [
  ['shared/planted.ts', 'node:fs'],
  ['shared/planted.ts', 'electron'],
  ['shared/audit/planted.ts', '../../main/clock.ts'],
  ['shared/audit/planted.ts', '../../collector/config.ts'],
  ['renderer/planted.ts', 'electron'],
  ['renderer/planted.ts', 'node:fs'],
  ['renderer/planted.ts', '../main/clock.ts'],
  ['renderer/work/planted.ts', '../../main/clock.ts'],
  ['renderer/planted.ts', '../preload/index.ts'],
  ['renderer/planted.ts', '../collector/config.ts'],
  ['preload/planted.ts', '../main/clock.ts'],
  ['preload/planted.ts', '../renderer/bridge.ts'],
  ['preload/planted.ts', '../shared/api.ts'],
  ['preload/planted.ts', 'node:fs'],
  ['verifier/planted.ts', '../collector/config.ts'],
  ['verifier/planted.ts', '../main/clock.ts'],
  ['verifier/planted.ts', 'electron'],
  ['collector/planted.ts', '../main/clock.ts'],
  ['collector/grants/planted.ts', '../../main/clock.ts'],
  ['collector/planted.ts', 'electron'],
  ['collector/web/planted.ts', '../../main/clock.ts'],
  ['collector/web/planted.ts', 'node:fs'],
  ['main/planted.ts', 'electron'],
  ['main/grants/planted.ts', 'electron'],
  ['main/proxy/planted.ts', 'electron'],
  ['main/identity/planted.ts', 'electron'],
  ['main/terminal/planted.ts', 'electron'],
  ['main/terminal/planted.ts', '../../dev/login-as.ts'],
  ['main/grants/planted.ts', '../../collector/config.ts'],
  ['main/grants/planted.ts', '../../renderer/bridge.ts'],
  ['main/app/planted.ts', '../../collector/config.ts'],
];

const DOORS: readonly (readonly [file: string, specifier: string])[] = [
  ['renderer/planted.ts', '../shared/ipc.ts'],
  ['preload/planted.ts', '../shared/ipc.ts'],
  ['preload/planted.ts', 'electron'],
  ['verifier/planted.ts', '../shared/encoding.ts'],
  ['verifier/planted.ts', 'node:crypto'],
  ['collector/planted.ts', '../shared/api.ts'],
  ['main/index.ts', 'electron'],
  ['main/index.ts', './collector/index.ts'],
  ['main/app/planted.ts', 'electron'],
  ['main/identity/secret-store.ts', 'electron'],
  ['main/grants/planted.ts', '../collector/index.ts'],
  ['main/terminal/planted.ts', '../proxy/port/index.ts'],
];

/** Each case gets a file of its own, where the file's name does not matter. */
const planted = [...WALLS, ...DOORS].map(([file, specifier], n) => ({
  specifier,
  file: file.replace(/planted\.ts$/, `planted-${n}.ts`),
}));
let house = '';
let refused: ReadonlySet<string> = new Set();

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'vitrine-walls-'));
  copyFileSync('biome.json', join(house, 'biome.json'));
  const files = new Map<string, string>();
  for (const [n, { file, specifier }] of planted.entries()) {
    files.set(
      file,
      `${files.get(file) ?? ''}import * as planted${n} from '${specifier}';\nconsole.log(planted${n});\n`,
    );
  }
  for (const [file, code] of files) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), code);
  }
  const biome = spawnSync(
    resolve('node_modules/.bin/biome'),
    ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: house, encoding: 'utf8' },
  );
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(biome.stdout);
  refused = new Set(
    report.diagnostics.filter((one) => one.category.endsWith('noRestrictedImports')).map((one) => one.location.path),
  );
});
afterAll(() => rmSync(house, { recursive: true }));

describe('process boundaries (I1, I7)', () => {
  it.each(planted.slice(0, WALLS.length))('$file may not import $specifier', ({ file }) => {
    expect(refused.has(file)).toBe(true);
  });
  it.each(planted.slice(WALLS.length))('$file may import $specifier', ({ file }) => {
    expect(refused.has(file)).toBe(false);
  });
});
