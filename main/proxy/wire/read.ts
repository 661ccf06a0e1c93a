/** Reads a stream message by message before the relay takes it over: at startup, each answer depends on the one before. */
import type { Duplex } from 'node:stream';
import { WireError } from './frames.ts';

/** The peer left, or was thrown out, before it said what was waited for. */
export class PeerLeft extends WireError {}

/**
 * Resolves with what `take` finds at the head of the stream, which is paused behind it; `take` answers null until enough
 * has come, says how many bytes it used, and throws a WireError where they cannot be right. Holds no more than one chunk
 * beyond what `take` waits for.
 */
export function readNext<T>(
  stream: Duplex,
  take: (held: Buffer) => { readonly value: T; readonly used: number } | null,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let held: Buffer = Buffer.alloc(0);
    const done = (): void => {
      stream.off('data', onData);
      stream.off('close', onClose);
      stream.pause();
    };
    const onClose = (): void => {
      done();
      reject(new PeerLeft('the client left before it was connected'));
    };
    const onData = (chunk: Buffer): void => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      try {
        const taken = take(held);
        if (taken === null) return;
        done();
        if (taken.used < held.length) stream.unshift(held.subarray(taken.used));
        resolve(taken.value);
      } catch (error) {
        done();
        reject(error);
      }
    };
    if (stream.destroyed) {
      onClose();
      return;
    }
    stream.on('data', onData);
    stream.on('close', onClose);
    stream.resume();
  });
}
