/** A client of the relay in this process: two ends of a stream that behave as the two ends of a TCP connection do. */
import { type Duplex, duplexPair } from 'node:stream';

/** `near` goes to `pg`, which expects a `net.Socket`: it has the parts of one that `pg` touches. */
export function memoryConnection(): { near: Duplex; far: Duplex } {
  const [near, far] = duplexPair({ allowHalfOpen: false });
  // The halves end together: a destroyed client has left, and a closed server has nothing more to say.
  near.once('close', () => far.destroy());
  far.once('close', () => setImmediate(() => near.destroy()));
  Object.assign(near, {
    connect(): Duplex {
      queueMicrotask(() => near.emit('connect'));
      return near;
    },
    setNoDelay: (): Duplex => near,
    setKeepAlive: (): Duplex => near,
    ref: (): Duplex => near,
    unref: (): Duplex => near,
  });
  return { near, far };
}
