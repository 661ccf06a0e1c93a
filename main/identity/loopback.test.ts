import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listenForCallback } from './loopback.ts';

const get = (
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; location: string | undefined; body: string }> =>
  new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      let body = '';
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, body }),
      );
    })
      .on('error', reject)
      .end();
  });

describe('the loopback redirect (RFC 8252)', () => {
  it('listens on 127.0.0.1 only, on a free port, and hands over the whole answer', async () => {
    const callback = await listenForCallback(new AbortController().signal);
    expect(callback.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    const answer = await get(`${callback.redirectUri}?code=abc&state=xyz`);
    expect((await callback.answer).searchParams.get('code')).toBe('abc');
    // The code leaves the address bar at once.
    expect(answer).toMatchObject({ status: 303, location: '/done' });
    callback.close();
  });

  it('takes an answer that was carried here by hand, and nothing that is not one', async () => {
    const callback = await listenForCallback(new AbortController().signal);
    expect(callback.handIn('not an address')).toBe(false);
    expect(callback.handIn('http://127.0.0.1:1/callback?code=abc')).toBe(false);
    expect(callback.handIn(`https://evil.example/?${callback.redirectUri}`)).toBe(false);
    expect(callback.handIn(`${callback.redirectUri}?code=abc&state=xyz`)).toBe(true);
    expect((await callback.answer).searchParams.get('code')).toBe('abc');
    callback.close();
  });

  it('answers nothing else, and not to another host name (DNS rebinding)', async () => {
    const callback = await listenForCallback(new AbortController().signal);
    const origin = new URL(callback.redirectUri).origin;
    expect((await get(`${origin}/other`)).status).toBe(404);
    expect((await get(`${origin}/callback?code=x`, { host: 'evil.example' })).status).toBe(404);
    callback.close();
  });

  it('ends with a Fault when the person cancels', async () => {
    const cancel = new AbortController();
    const callback = await listenForCallback(cancel.signal);
    cancel.abort();
    await expect(callback.answer).rejects.toMatchObject({ code: 'login_cancelled' });
    callback.close();
  });
});
