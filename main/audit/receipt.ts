/**
 * What a receipt must prove before anything counts as delivered (docs/record-format.md, 7): the checkpoint is signed by the log,
 * the batch's last entry is in it, and it extends the newest checkpoint that this device has verified. Pure. (I4, I5)
 */
import type { Receipt } from '../../shared/api.ts';
import { equalBytes, hashBytes } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import type { Primitives } from '../../shared/primitives.ts';
import { openCheckpoint } from '../../shared/tlog/checkpoint.ts';
import { verifyConsistency, verifyInclusion } from '../../shared/tlog/merkle.ts';
import type { NoteKey } from '../../shared/tlog/note.ts';
import type { Verified } from './log.ts';

export interface Sent {
  /** `seq` of the last entry of the batch. */
  readonly seq: number;
  /** Its leaf hash. */
  readonly leaf: Uint8Array;
}

/** Answers with the new checkpoint. Throws a Fault `lying_receipt` that names the first proof that does not hold. */
export function verifyReceipt(
  receipt: Receipt,
  sent: Sent,
  held: Verified | null,
  log: NoteKey,
  p: Primitives,
): Verified {
  const note = receipt.checkpoint;
  let checkpoint: Verified;
  try {
    checkpoint = { ...openCheckpoint(note, log, p), note };
  } catch (cause) {
    throw lie(
      `its checkpoint does not open with the log's key (${cause instanceof Error ? cause.message : 'unreadable'})`,
      cause,
    );
  }
  const { size, root } = checkpoint;
  if (receipt.seq !== sent.seq)
    throw lie(`it is about entry ${receipt.seq}, not about entry ${sent.seq} that was sent`);
  const inclusion = receipt.inclusion.map(hashBytes);
  if (!verifyInclusion(receipt.index, size, sent.leaf, inclusion, root, p)) {
    throw lie(`entry ${sent.seq} is not in the tree of ${size} entries at index ${receipt.index}`);
  }
  if (held === null) return checkpoint;
  if (size < held.size) throw lie(`the ledger went back from ${held.size} entries to ${size}`);
  const consistency = receipt.consistency.map(hashBytes);
  const extendsHeld =
    held.size === size
      ? equalBytes(held.root, root)
      : verifyConsistency(held.size, size, held.root, root, consistency, p);
  if (!extendsHeld)
    throw lie(`the ledger of ${size} entries does not extend the one of ${held.size} entries seen before`);
  return checkpoint;
}

const lie = (what: string, cause?: unknown): Fault =>
  new Fault(
    'lying_receipt',
    `The collector's receipt does not hold: ${what}. Uploads have stopped; every record is kept on this device.`,
    'Tell security; the two contradicting answers are kept beside the log as evidence.',
    { cause },
  );
