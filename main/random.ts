/**
 * Random bytes by the handful: ids and salts for every statement, drawn from a pool, because a call of the system's
 * generator costs as much for sixteen bytes as for four thousand. A byte is given out once and wiped from the pool.
 */
import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(4096);
let used = pool.length;

/** At most 4096 at once. */
export function randomBytes(count: number): Buffer {
  if (count > pool.length) throw new RangeError(`${count} random bytes at once`);
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + count));
  pool.fill(0, used, used + count);
  used += count;
  return bytes;
}

/** 128 bits, base64url: 22 characters. */
export const randomId = (): string => randomBytes(16).toString('base64url');
