import { connect, createServer, type Socket } from 'node:net';
import { basename } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Peers } from './peers.ts';

const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Our end of a connection whose other end is this very process. */
async function ownEnd(): Promise<Socket> {
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer((socket) => accepted.resolve(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const far = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  const near = await accepted.promise;
  ends.push(
    () => server.close(),
    () => near.destroy(),
    () => far.destroy(),
  );
  return near;
}
const self = { pid: process.pid, program: basename(process.execPath) };

it('finds the program at the other end, but searches for those who knock only once in a while', async ({ skip }) => {
  if (process.platform !== 'linux') skip('only Linux tells');
  let now = 0;
  const peers = new Peers(() => now);
  const socket = await ownEnd();
  expect(await peers.findStranger(socket)).toEqual(self);
  now = 999;
  expect(await peers.findStranger(socket)).toBeNull();
  expect(await peers.find(socket)).toEqual(self);
  now = 1000;
  const search = peers.find(socket);
  expect(await peers.findStranger(socket)).toBeNull();
  await search;
  expect(await peers.findStranger(socket)).toEqual(self);
});

it('does not search for who has left meanwhile', async () => {
  const peers = new Peers(() => 0);
  expect(await peers.find(await ownEnd(), () => false)).toBeNull();
});
