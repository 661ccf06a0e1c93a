/** The one place of main that listens for database clients: IPv4 loopback, a free port that the system picks. (I1) */
import { createServer, type Socket } from 'node:net';

export interface Listener {
  readonly port: number;
  /** Takes no more connections from this moment; those that are open are not touched. */
  close(): void;
}

/** Rejects with the system's error where it cannot listen. */
export function listenOnLoopback(onConnection: (socket: Socket) => void): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, onConnection);
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
      const address = server.address();
      // What goes wrong with a single connection later is that connection's own matter.
      server.on('error', () => {});
      if (address === null || typeof address === 'string') reject(new Error('no port was given'));
      else resolve({ port: address.port, close: () => void server.close() });
    });
  });
}
