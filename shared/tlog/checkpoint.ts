/** Checkpoints (c2sp.org/tlog-checkpoint): what the ledger signs about its tree. Extension lines are refused. (I4, I5) */
import { fromBase64, toBase64 } from '../encoding.ts';
import { Fault } from '../errors.ts';
import type { Primitives } from '../primitives.ts';
import { type NoteKey, type NoteSigner, openNote, signNote } from './note.ts';

export interface Checkpoint {
  /** Name of the log; equals the name of the key that signs. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  readonly root: Uint8Array;
}

export const formatCheckpoint = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${toBase64(root)}\n`;

/** Throws a Fault unless the text is exactly origin, size and root. */
export function parseCheckpoint(text: string): Checkpoint {
  const [, origin, digits, base64] = /^(.+)\n(0|[1-9]\d*)\n([A-Za-z0-9+/]{43}=)\n$/u.exec(text) ?? [];
  const size = Number(digits);
  if (origin === undefined || base64 === undefined || !Number.isSafeInteger(size)) throw malformed();
  try {
    return { origin, size, root: fromBase64(base64) };
  } catch (cause) {
    throw malformed(cause);
  }
}

export const signCheckpoint = (checkpoint: Checkpoint, ...signers: readonly NoteSigner[]): string =>
  signNote(formatCheckpoint(checkpoint), ...signers);

/** Verifies the note with the log's key and reads it. Throws a Fault when the signature, the form or the origin is wrong. */
export function openCheckpoint(note: string, log: NoteKey, p: Pick<Primitives, 'verify'>): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, [log], p).text);
  if (checkpoint.origin !== log.name) {
    throw new Fault('wrong_origin', `The checkpoint is of log ${checkpoint.origin}, not of ${log.name}.`);
  }
  return checkpoint;
}

const malformed = (cause?: unknown): Fault =>
  new Fault('checkpoint_malformed', 'The signed note is not a checkpoint of origin, size and root.', null, { cause });
