import { describe, expect, it } from 'vitest';
import { allowedExternal, externalOpener } from './external.ts';

const origins = ['https://login.example.com', 'http://127.0.0.1:4000', 'https://collector.example:8443'];

describe('the person’s browser', () => {
  it.each([
    'https://login.example.com/authorize?state=x',
    'https://login.example.com:443/',
    'http://127.0.0.1:4000/requests/1',
    'https://collector.example:8443/',
  ])('is shown %s', (address) => {
    expect(allowedExternal(address, origins)).toBe(new URL(address).href);
  });

  it.each([
    'http://login.example.com/',
    'https://login.example.com:444/',
    'https://login.example.com.evil.example/',
    'https://login.example.com@evil.example/',
    'https://user:pw@login.example.com/',
    'http://127.0.0.1:4001/',
    'http://localhost:4000/',
    'http://10.0.0.1/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'vitrine://request',
    'smb://collector.example/share',
    'not an address',
    `https://login.example.com/${'x'.repeat(20_000)}`,
  ])('is not shown %s (I7)', (address) => {
    expect(allowedExternal(address, origins)).toBeNull();
  });

  it('does not trust plain http because an origin on the list says so (I7)', () => {
    expect(allowedExternal('http://login.example.com/', ['http://login.example.com'])).toBeNull();
  });

  it('refuses with an error that does not repeat the query', async () => {
    const opened: string[] = [];
    const open = externalOpener(
      async (address) => void opened.push(address),
      () => origins,
    );
    await expect(open('https://evil.example/?state=hunter2')).rejects.toMatchObject({ code: 'external_refused' });
    await expect(open('https://evil.example/?state=hunter2')).rejects.not.toThrow('hunter2');
    await open('https://login.example.com/a');
    expect(opened).toEqual(['https://login.example.com/a']);
  });
});
