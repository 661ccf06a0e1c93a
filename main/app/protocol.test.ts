import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltFiles, builtPath, CONTENT_SECURITY_POLICY, listBuiltFiles, serveBuiltFiles } from './protocol.ts';

let folder: string;
let files: BuiltFiles;
let serve: (request: Request) => Promise<Response>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-protocol-'));
  const root = join(folder, 'renderer');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.html'), 'secret');
  writeFileSync(join(root, 'index.html'), '<h1>Vitrine</h1>');
  writeFileSync(join(root, 'assets', 'main-1.js'), 'export {}');
  writeFileSync(join(root, 'assets', 'ünïcode.css'), 'a{}');
  writeFileSync(join(root, 'notes.txt'), 'not of a known type');
  writeFileSync(join(root, 'swapped.html'), 'mine');
  symlinkSync(join(folder, 'secret.html'), join(root, 'link.html'));
  files = await listBuiltFiles(root);
  serve = serveBuiltFiles(files);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What paths that mean harm are made of. */
const piece = fc.constantFrom(
  '..',
  '/',
  '%2e',
  '%2f',
  '%5c',
  '%25',
  '%00',
  'index.html',
  'assets',
  'secret.html',
  '?',
  '#',
);
const get = (address: string) => serve(new Request(address));

describe('app://vitrine', () => {
  it('serves a built file with its type', async () => {
    const response = await get('app://vitrine/index.html');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toBe('<h1>Vitrine</h1>');
    expect((await get('app://vitrine/assets/main-1.js?v=1#x')).status).toBe(200);
    expect((await get('app://vitrine//index.html')).status).toBe(200);
  });

  it('decodes a name once', async () => {
    expect((await get('app://vitrine/assets/%C3%BCn%C3%AFcode.css')).status).toBe(200);
    expect((await get('app://vitrine/assets%2Fmain-1.js')).status).toBe(200);
    expect((await get('app://vitrine/%2569ndex.html')).status).toBe(404);
  });

  it.each([
    'app://vitrine/../secret.html',
    'app://vitrine/%2e%2e/secret.html',
    'app://vitrine/%2e%2e%2fsecret.html',
    'app://vitrine/..%2fsecret.html',
    'app://vitrine/..%5csecret.html',
    'app://vitrine/assets/..%2f..%2fsecret.html',
    'app://vitrine/%252e%252e%252fsecret.html',
    'app://vitrine/%2fetc%2fpasswd',
    'app://vitrine//etc/passwd',
    'app://vitrine/C:%5cWindows%5cwin.ini',
    'app://vitrine/index.html%00.js',
    'app://vitrine/%ff',
    'app://vitrine/%',
    'app://vitrine/link.html',
    'app://vitrine/notes.txt',
    'app://vitrine/assets',
    'app://vitrine/',
    'app://evil/index.html',
    'app://vitrine.evil/index.html',
    'app://vitrine:1/index.html',
    'app://user@vitrine/index.html',
    'https://vitrine/index.html',
    'file:///index.html',
  ])('refuses %s with the same headers (I7)', async (address) => {
    // `Request` itself refuses credentials.
    const response = await serve({ method: 'GET', url: address } as Request);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(await response.text()).not.toContain('secret');
  });

  it('refuses a file that became a link out of the folder after the start (I7)', async () => {
    const swapped = join(files.root, 'swapped.html');
    expect((await get('app://vitrine/swapped.html')).status).toBe(200);
    rmSync(swapped);
    expect((await get('app://vitrine/swapped.html')).status).toBe(404);
    symlinkSync(join(folder, 'secret.html'), swapped);
    expect((await get('app://vitrine/swapped.html')).status).toBe(404);
  });

  it('names only files of the closed list, whatever the address (I7)', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        const found = builtPath(`app://vitrine/${text}`, files.paths);
        expect(found === null || files.paths.has(found)).toBe(true);
      }),
    );
  });

  it('answers reads only', async () => {
    const posted = await serve(new Request('app://vitrine/index.html', { method: 'POST', body: 'x' }));
    expect(posted.status).toBe(405);
    const head = await serve(new Request('app://vitrine/index.html', { method: 'HEAD' }));
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('isolates every answer (I7)', async () => {
    const { headers } = await get('app://vitrine/index.html');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(CONTENT_SECURITY_POLICY).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(CONTENT_SECURITY_POLICY).toContain("connect-src 'none'");
    expect(CONTENT_SECURITY_POLICY).toContain("require-trusted-types-for 'script'");
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe-eval|\*|https?:|allow-duplicates/);
  });
});
