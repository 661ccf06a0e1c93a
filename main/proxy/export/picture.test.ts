import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { pictureBytes } from './picture.ts';
import { disk, type ExportDeskOptions, openExportDesk } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const desk = closedAfterEach((options?: ExportDeskOptions) => openExportDesk(world, options));
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0L1 1"/></svg>';
const result = 'A'.repeat(22);

describe('a chart as a file', () => {
  it('is recorded with its bytes before it has its name', async () => {
    const d = await desk();
    const { id, intent } = await d.run('select 1');
    const path = d.to('chart.svg');
    expect(await d.exporter.saveChart({ kind: 'svg', result: id, svg: SVG })).toMatchObject({ file: 'chart.svg' });
    expect(readFileSync(path, 'utf8')).toBe(SVG);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(d.rig.notices).toMatchObject([{ kind: 'export', of: intent, code: 'svg', bytes: SVG.length }]);
  });
  it('is not written where the grant forbids exports, nor where the disk is full (I6)', async () => {
    const off = await desk({ exports: false });
    await expect(off.exporter.saveChart({ kind: 'svg', result, svg: SVG })).rejects.toMatchObject({
      code: 'exports_off',
    });
    const full = await desk({
      disk: disk((operation) => {
        if (operation === 'write') throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      }),
    });
    const { id } = await full.run('select 1');
    full.to('chart.svg');
    await expect(full.exporter.saveChart({ kind: 'svg', result: id, svg: SVG })).rejects.toThrow('The disk is full.');
    expect(full.files()).toEqual([]);
  });
});

describe('what the page hands over (I7)', () => {
  it.each([
    '<svg><script>1</script></svg>',
    '<svg><g onload="x()"/></svg>',
    '<svg><a href="https://example.org"/></svg>',
    '<svg><foreignObject/></svg>',
    '<svg><style>@import "x"</style></svg>',
    '<!DOCTYPE svg><svg></svg>',
    '<svg fill="url(https://example.org)"></svg>',
    "<svg><g onload='x()'/></svg>",
    '<svg><g onload=x()></g></svg>',
    '<svg><g',
    '<html></html>',
  ])('is refused where it is more than a drawing: %s', (svg) => {
    expect(() => pictureBytes({ kind: 'svg', result, svg })).toThrow('not a plain picture');
  });
  it('may say whatever the data say, as text', () => {
    const svg = '<svg aria-label="on call = yes, url(x)"><text x="1">on call = &lt;script&gt;</text></svg>';
    expect(pictureBytes({ kind: 'svg', result, svg }).toString()).toBe(svg);
  });
  it('is refused where it says PNG and is none', () => {
    expect(() => pictureBytes({ kind: 'png', result, base64: Buffer.from(SVG).toString('base64') })).toThrow('plain');
    const png = Buffer.from('89504e470d0a1a0a00', 'hex');
    expect(pictureBytes({ kind: 'png', result, base64: png.toString('base64') })).toEqual(png);
  });
});
