/** The soak in a quarter of a minute: that everything in it works and nothing is left. Flat it can only be for longer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { build } from '../../dev/build.ts';
import { soak } from './soak/index.ts';
import { LEFT_DESCRIPTORS } from './soak/verdict.ts';
import { works } from './soak/work.ts';

it('tools work, dawdle, cancel and leave while grants come and go, and nothing is left of them (I3, I5)', async () => {
  await build({ only: ['collector', 'web'], log: () => {} });
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-soak-'));
  try {
    const report = await soak({ dir, seed: 20_261_126, seconds: 16, rows: 100_000, every: 4, grant: 7, opening: 4 });
    expect(report.problems).toEqual([]);
    expect(Object.keys(report.done).length).toBeGreaterThan(works.length / 2);
    expect(report.after).toMatchObject({ tools: 0, inLedger: report.after.recorded });
    expect(report.after.recorded).toBeGreaterThan(200);
    expect(report.after.descriptors).toBeLessThanOrEqual(report.before.descriptors + LEFT_DESCRIPTORS);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 240_000);
