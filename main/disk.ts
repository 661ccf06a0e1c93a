/** Small files of ours on the disk: replaced whole, and in words a person understands when the disk does not do it. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** `ENOSPC`; “unknown” for what is no error of the system. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';

/** A file or folder that is not there. */
export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is used up',
  EACCES: 'it may not be opened or written',
  EROFS: 'the disk can only be read',
  EEXIST: 'something else is in the place of its folder',
  ENOTDIR: 'something else is in the place of its folder',
};
/** Why a disk did not do what it was asked, in words that fit behind a colon. */
export const whyNot = (error: unknown): string => reasons[codeOf(error)] ?? codeOf(error);

/** A file for its owner alone, on the disk when it resolves. */
export async function writeFlushed(path: string, text: string): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** On the disk when it resolves; `path` has its old text or this one at every moment. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const partial = `${path}.partial`;
  try {
    // Somebody may have cleared it away.
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFlushed(partial, text);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
