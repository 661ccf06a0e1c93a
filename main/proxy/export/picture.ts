/** A chart of a result as a file. It is an export: recorded and durable before the file has its name. (I6) */
import { Fault } from '../../../shared/errors.ts';
import type { ChartWish } from '../../../shared/ipc-explain.ts';
import type { Runner } from '../runner/contract.ts';
import type { Disk } from './destination.ts';
import { writeWhole } from './whole.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const drawn = new Set(['svg', 'g', 'path', 'rect', 'text', 'tspan', 'line', 'circle', 'title']);

/** Only shapes and text, and nothing that a page which opens it would follow or carry out. */
function isDrawing(svg: string): boolean {
  if (!/^<svg\b/.test(svg) || !svg.endsWith('</svg>')) return false;
  return [...svg.matchAll(/<([^>"]|"[^"]*")*>?/g)].every(([tag]) => {
    const name = /^<\/?([A-Za-z]+)/.exec(tag)?.[1] ?? '';
    const attributes = [...tag.matchAll(/([^\s="<>/]+)\s*=\s*("[^"]*")?/g)];
    return (
      drawn.has(name) &&
      tag.endsWith('>') &&
      attributes.every(
        ([, key = '', value]) =>
          value !== undefined && !/^on|href/i.test(key) && (key.startsWith('aria-') || !/url\s*\(/i.test(value)),
      )
    );
  });
}

/** The bytes of the file. Throws a Fault for what is no picture, or more than one. (I7) */
export function pictureBytes(wish: ChartWish): Buffer {
  if (wish.kind === 'png') {
    const bytes = Buffer.from(wish.base64, 'base64');
    if (bytes.subarray(0, PNG.length).equals(PNG)) return bytes;
  } else if (isDrawing(wish.svg)) {
    return Buffer.from(wish.svg);
  }
  throw new Fault('not_a_picture', 'The chart is not a plain picture. Nothing was written.', 'Draw it again.');
}

export interface PictureWriting {
  readonly bytes: Buffer;
  readonly kind: ChartWish['kind'];
  /** Of the statement whose rows it shows. */
  readonly of: string | null;
  readonly path: string;
  readonly runner: Pick<Runner, 'record'>;
  readonly disk?: Disk;
}

/** Rejects with a Fault; then no file is left. */
export async function writePicture({ bytes, kind, of, path, runner, disk }: PictureWriting): Promise<void> {
  const record = (): Promise<void> =>
    runner.record({ kind: 'export', of, code: kind, fp: null, norm: null, rows: null, bytes: bytes.length });
  await writeWhole(path, (file) => file.write(bytes), { announce: record, disk });
}
