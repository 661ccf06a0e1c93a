/** The end of a client's stream, in memory or TCP: last words that arrive, and a close that does not wait for ever. */
import type { Duplex } from 'node:stream';

/** A client that is being closed is gone after this, whether it reads or not, ms. */
export const PATIENCE_MS = 120;

/**
 * Sends the words, if any, and closes; resolves when the stream is closed. What the client still sends is read and thrown
 * away meanwhile: a TCP connection that is closed with unread bytes is reset, which can take the words with it.
 */
export function farewell(client: Duplex, words: Buffer | null, patience = PATIENCE_MS): Promise<void> {
  return new Promise((resolve) => {
    if (client.closed) {
      resolve();
      return;
    }
    // The stream closes by itself once both sides have ended.
    const late = setTimeout(() => client.destroy(), Math.max(0, patience));
    client.once('close', () => {
      clearTimeout(late);
      resolve();
    });
    client.removeAllListeners('data');
    client.resume();
    if (!client.writable) return;
    if (words !== null) client.write(words);
    client.end();
  });
}
