/** What a person is told when a file could not be written. Nothing of it is ever recorded. */
import { homedir } from 'node:os';
import { Fault } from '../../../shared/errors.ts';
import { codeOf } from '../../disk.ts';

const REMOVED = 'What was written of it has been removed.';

const byCode: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  ENOSPC: ['The disk is full.', 'Free some space, or choose another disk.'],
  EDQUOT: ['Your share of that disk is used up.', 'Free some space, or choose another disk.'],
  EACCES: ['You may not write in that folder.', 'Choose another folder.'],
  EPERM: ['You may not write in that folder.', 'Choose another folder.'],
  EROFS: ['That disk can only be read.', 'Choose another folder.'],
  ENOENT: ['The folder is not there (any more).', 'Choose another folder.'],
  ENOTDIR: ['The folder is not there (any more).', 'Choose another folder.'],
  EISDIR: ['There is a folder of that name.', 'Choose another name.'],
  EEXIST: ['There are unfinished files of that name in the folder.', 'Remove them (*.part), or choose another name.'],
  ENAMETOOLONG: ['The name is too long for that disk.', 'Choose a shorter name.'],
  EIO: ['The disk does not work as it should.', 'Choose another disk.'],
};

/** A Fault as it is; an error of the system in words. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  const [message, hint] = byCode[code] ?? [
    `The file could not be written${code === 'unknown' ? '' : ` (${code})`}.`,
    'Try again.',
  ];
  return new Fault('export_failed', `${message} ${REMOVED}`, hint, { cause: error });
}

/** `~/Downloads` */
export function folderWords(folder: string): string {
  const home = homedir();
  return folder === home || folder.startsWith(`${home}/`) || folder.startsWith(`${home}\\`)
    ? `~${folder.slice(home.length)}`
    : folder;
}
