import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openCollector } from './client.ts';
import { Refusal, request } from './http.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(answer: RequestListener): Promise<URL> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  // Cast: a listening TCP server has this form of address.
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`);
}
const answer = z.object({ fine: z.literal(true) });

describe('one exchange with the collector', () => {
  it('turns problem details into a Fault with the collector’s own words (I6)', async () => {
    const url = await serve((_, response) =>
      response.writeHead(409, { 'content-type': 'application/problem+json' }).end(
        JSON.stringify({
          type: 'about:blank',
          title: 'Gap',
          status: 409,
          code: 'gap',
          detail: 'Entries 3 to 5 are missing.',
          hint: 'Resume there.',
          next_seq: 3,
          head: null,
        }),
      ),
    );
    const error = await request(url, { answer }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({
      code: 'gap',
      message: 'Entries 3 to 5 are missing.',
      hint: 'Resume there.',
      nextSeq: 3,
      status: 409,
    });
  });

  it('says that the collector cannot be reached, and that nothing is lost', async () => {
    const url = await serve((incoming) => incoming.socket.destroy());
    await expect(request(url, { answer })).rejects.toMatchObject({
      code: 'collector_unreachable',
      hint: expect.stringContaining('stays on this device'),
    });
  });

  it.each(['<html>', '{"fine":false}', ''])('refuses an answer that is not the contract: %j', async (body) => {
    const url = await serve((_, response) => response.end(body));
    await expect(request(url, { answer })).rejects.toMatchObject({ code: 'not_a_collector' });
  });

  it('does not follow a redirect with its credentials', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    await expect(request(url, { answer })).rejects.toMatchObject({ code: 'collector_unreachable' });
  });

  it('stops reading an answer that never ends', async () => {
    const url = await serve((_, response) => {
      const chunk = Buffer.alloc(1 << 20, 'x');
      const push = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', push);
      };
      push();
    });
    await expect(request(url, { answer })).rejects.toMatchObject({ code: 'collector_unreachable' });
  });

  it('refuses a collector without HTTPS anywhere but on loopback', async () => {
    await expect(openCollector('http://collector.example')).rejects.toMatchObject({ code: 'insecure_origin' });
  });
});
