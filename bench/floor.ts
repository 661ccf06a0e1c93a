/**
 * What a statement that is signed and durable first cannot do without: one write with `fdatasync` of a record's size, on
 * the disk and into blocks that are there already, as in the log; and one Ed25519 signature.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { timed } from './support.ts';

const RECORD_BYTES = 1024;
const BLOCKS = 4 * 1024 * 1024;

export interface Floor {
  /** Milliseconds. */
  sync(): Promise<number>;
  sign(): Promise<number>;
  close(): Promise<void>;
}

export async function openFloor(): Promise<Floor> {
  // Not in the system's temporary folder, which may be memory.
  mkdirSync('out', { recursive: true });
  const folder = mkdtempSync('out/bench-floor-');
  const file = await open(join(folder, 'floor'), 'w');
  await file.write(Buffer.alloc(BLOCKS));
  await file.sync();
  const record = randomBytes(RECORD_BYTES);
  const { privateKey } = generateKeyPairSync('ed25519');
  let at = 0;
  return {
    sync: () =>
      timed(async () => {
        await file.write(record, 0, record.length, at);
        await file.datasync();
        at = (at + record.length) % BLOCKS;
      }),
    sign: () => timed(async () => sign(null, record, privateKey)),
    async close() {
      await file.close();
      rmSync(folder, { recursive: true });
    },
  };
}
