import type { Session, WebContents } from 'electron';
import { describe, expect, it } from 'vitest';
import { hardenContents, hardenSession, permissionAllowed, requestAllowed } from './security.ts';

type Listener = (event: { preventDefault(): void; url?: string }, url?: string) => void;

function contents() {
  const listeners = new Map<string, Listener>();
  const opened: string[] = [];
  const logged: string[] = [];
  let open: ((details: { url: string }) => { action: string }) | undefined;
  const fake = {
    on: (name: string, listener: Listener) => listeners.set(name, listener),
    setWindowOpenHandler: (handler: typeof open) => {
      open = handler;
    },
  };
  hardenContents(
    // The two members that the function names.
    fake as unknown as Pick<WebContents, 'on' | 'setWindowOpenHandler'>,
    async (address) => void opened.push(address),
    (message) => logged.push(message),
  );
  return { listeners, opened, logged, open: (url: string) => open?.({ url }) };
}

describe('the page', () => {
  it.each(['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview'])(
    'is stopped at %s, wherever it leads (I7)',
    (name) => {
      const { listeners, logged } = contents();
      for (const url of ['https://evil.example/?q=secret', 'app://vitrine/index.html', 'file:///etc/passwd', '']) {
        let prevented = false;
        listeners.get(name)?.({ preventDefault: () => (prevented = true), url }, url);
        expect(prevented).toBe(true);
      }
      expect(logged.join()).not.toContain('secret');
    },
  );

  it('gets no window; the address goes to the opener, which has its own list (I7)', () => {
    const { open, opened } = contents();
    expect(open('https://login.example/')).toEqual({ action: 'deny' });
    expect(opened).toEqual(['https://login.example/']);
  });

  it.each([
    ['clipboard-sanitized-write', 'app://vitrine/index.html', true, true],
    ['clipboard-sanitized-write', 'app://vitrine', true, true],
    ['clipboard-sanitized-write', 'app://vitrine/index.html', false, false],
    ['clipboard-sanitized-write', 'https://evil.example/', true, false],
    ['clipboard-sanitized-write', '', true, false],
    ['clipboard-sanitized-write', 'about:blank', true, false],
    ['clipboard-read', 'app://vitrine/index.html', true, false],
    ['media', 'app://vitrine/index.html', true, false],
    ['openExternal', 'app://vitrine/index.html', true, false],
    ['unknown', 'app://vitrine/index.html', true, false],
  ])('asking for %s from %j (main frame: %s) is answered %s (I7)', (permission, from, isMainFrame, allowed) => {
    expect(permissionAllowed(permission, from, isMainFrame)).toBe(allowed);
  });

  it.each([
    ['app://vitrine/index.html', true],
    ['app://other/index.html', true],
    ['devtools://devtools/bundled/inspector.html', true],
    ['https://example.com/', false],
    ['http://127.0.0.1:5432/', false],
    ['ws://127.0.0.1/', false],
    ['file:///etc/passwd', false],
    ['data:text/html,x', false],
    ['blob:app://vitrine/1', false],
    ['nonsense', false],
  ])('may request %s: %s (I7)', (address, allowed) => {
    expect(requestAllowed(address)).toBe(allowed);
  });
});

describe('the session', () => {
  it('has every handler set, and each one denies (I7)', () => {
    const given = new Map<string, (...args: unknown[]) => unknown>();
    const keep = (name: string) => (handler: (...args: unknown[]) => unknown) => given.set(name, handler);
    const fake = {
      setPermissionRequestHandler: keep('request'),
      setPermissionCheckHandler: keep('check'),
      setDevicePermissionHandler: keep('device'),
      setDisplayMediaRequestHandler: keep('display'),
      webRequest: { onBeforeRequest: keep('web') },
      on: (name: string, listener: (...args: unknown[]) => unknown) => given.set(name, listener),
    };
    // Only the members that the function names.
    hardenSession(fake as unknown as Session, () => undefined);
    const answers: unknown[] = [];
    const answer = (value: unknown) => answers.push(value);
    given.get('request')?.(null, 'geolocation', answer, { requestingUrl: 'app://vitrine/', isMainFrame: true });
    given.get('display')?.({}, answer);
    given.get('web')?.({ url: 'https://example.com/' }, answer);
    expect(answers).toEqual([false, {}, { cancel: true }]);
    expect(given.get('check')?.(null, 'media', 'app://vitrine', { isMainFrame: true })).toBe(false);
    expect(given.get('device')?.({})).toBe(false);
    let prevented = false;
    given.get('will-download')?.({ preventDefault: () => (prevented = true) });
    expect(prevented).toBe(true);
  });
});
