/** The way in for outside tools: a TCP port on loopback behind which the relay speaks. */
import { createServer, type Socket } from 'node:net';
import type { Relay } from '../../main/proxy/index.ts';

export interface Door {
  readonly port: number;
  close(): Promise<void>;
}

/** Opens a port in front of this relay. */
export async function openDoor({ relay }: { readonly relay: Relay }): Promise<Door> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    relay.serve(socket, 'port');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
