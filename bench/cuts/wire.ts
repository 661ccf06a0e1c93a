/** A relay of TCP as a process of its own. Stopped with SIGSTOP it is a network that swallows everything. Words: the port. */
import { connect, createServer } from 'node:net';

const to = Number(process.argv[2]);
const server = createServer((client) => {
  const upstream = connect(to, '127.0.0.1');
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => {});
    one.on('close', () => other.destroy());
    one.pipe(other);
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});
