/** For tests only: a desk with an exporter that writes into a folder of its own, and a disk that does what a test says. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type ExportState, type ExportWish, exportState, type ResultState } from '../../../shared/ipc.ts';
import { systemClock } from '../../clock.ts';
import { openDesk } from '../runner/testing.ts';
import type { RigOptions, World } from '../testing.ts';
import type { Disk } from './destination.ts';
import { openExporter } from './index.ts';

export interface ExportDeskOptions extends RigOptions {
  readonly exports?: boolean;
  readonly disk?: Disk;
  readonly ask?: (proposal: { name: string; extension: string }) => Promise<string | null>;
}
const over = new Set<ExportState['status']>(['done', 'cancelled', 'failed']);

export async function openExportDesk(world: World, options: ExportDeskOptions = {}) {
  const desk = await openDesk(world, options);
  const { rig, runner } = desk;
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-export-'));
  const exports = new Map<string, ExportState>();
  let path = '';
  const exporter = openExporter({
    runner,
    allowed: options.exports ?? true,
    ask: options.ask ?? (async () => path),
    clock: systemClock,
    onExport(state) {
      expect(exportState.safeParse(state).error).toBeUndefined();
      exports.set(state.id, state);
    },
    ...(options.disk === undefined ? {} : { disk: options.disk }),
  });
  const ended = async (id: string | null): Promise<ExportState> => {
    for (;;) {
      const state = exports.get(id ?? '');
      if (state !== undefined && over.has(state.status)) return state;
      await sleep(5);
    }
  };
  const wish = (result: string, part: Partial<ExportWish> = {}): ExportWish => ({
    result,
    format: 'csv',
    source: 'kept',
    delimiter: ',',
    table: '',
    ...part,
  });
  return {
    rig,
    runner,
    exporter,
    exports,
    ended,
    wish,
    folder,
    files: (): string[] => readdirSync(folder).sort(),
    /** The last result of a text. */
    run: async (text: string): Promise<ResultState> => desk.ended((await desk.start(text, true)).at(-1) ?? ''),
    /** Where the next export goes. */
    to(file: string): string {
      path = join(folder, file);
      return path;
    },
    async export(result: ResultState, part: Partial<ExportWish> = {}): Promise<ExportState> {
      return ended(await exporter.start(wish(result.id, part)));
    },
    async close(): Promise<void> {
      await exporter.close();
      await desk.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A real disk that does what a test says before each operation. */
export const disk = (before: (operation: 'write' | 'sync' | 'rename', count: number) => Promise<void> | void): Disk => {
  let writes = 0;
  return {
    async create(path) {
      const file = await open(path, 'wx', 0o600);
      return Object.assign(Object.create(file), {
        async write(...args: Parameters<typeof file.write>) {
          await before('write', ++writes);
          return file.write(...args);
        },
        async sync() {
          await before('sync', 0);
          await file.sync();
        },
        close: () => file.close(),
      });
    },
    async rename(from, to) {
      await before('rename', 0);
      await rename(from, to);
    },
  };
};

export const MANY = "select i, repeat('x', 200) as text from generate_series(1, 50000) i";
