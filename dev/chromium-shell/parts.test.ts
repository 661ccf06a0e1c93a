/** The parts of the double that can be checked without a browser. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAddresses } from './address.ts';
import { chromiumCandidates } from './chromium/find.ts';
import { makeCodec } from './codec.ts';
import { unsafePreference } from './electron/browser-window.ts';
import { dialogDouble, freePath } from './electron/dialog.ts';
import { takeInstanceLock } from './electron/instance-lock.ts';
import { parseAccelerator } from './electron/menu.ts';
import { ProtocolDouble } from './electron/protocol.ts';
import { strict } from './electron/strict.ts';

describe('the codec', () => {
  const { encode, decode } = makeCodec();
  const copy = (value: unknown) => decode(encode(value));

  it('keeps whatever structured clone keeps', () => {
    const arbitrary = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withNullPrototype: false,
    });
    fc.assert(
      fc.property(arbitrary, (value) => {
        expect(copy(value)).toStrictEqual(structuredClone(value));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a date that is none', () => {
    expect(copy(new Map([['when', new Date(Number.NaN)]]))).toStrictEqual(new Map([['when', new Date(Number.NaN)]]));
  });

  it('keeps identity: what was the same object still is', () => {
    const shared = { a: 1 };
    const [first, second] = copy([shared, shared]) as object[];
    expect(first).toBe(second);
    const bytes = new Uint8Array([1, 2, 3, 4]);
    const [whole, part] = copy([bytes, bytes.subarray(1, 3)]) as Uint8Array[];
    expect(part).toEqual(new Uint8Array([2, 3]));
    expect(part?.buffer).toBe(whole?.buffer);
  });

  it('keeps an own key that is called __proto__ a key', () => {
    const value = JSON.parse('{"__proto__":{"evil":1},"date":0}') as Record<string, unknown>;
    value.date = new Date(0);
    const back = copy(value) as Record<string, unknown>;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.keys(back)).toEqual(['__proto__', 'date']);
  });

  it.each([[() => 1], [Symbol('x')], [{ deep: [() => 1] }], [new WeakMap()], [Promise.resolve()]])(
    'refuses %o with Electron’s words',
    (value) => {
      expect(() => encode(value)).toThrow('An object could not be cloned.');
    },
  );
});

describe('addresses', () => {
  const { toApp, toPage } = makeAddresses((scheme) => scheme === 'app');

  it('stand for each other', () => {
    for (const url of ['app://vitrine/index.html', 'app://vitrine/a/b.js?x=1#y', 'app://other/']) {
      expect(toPage(url)).toMatch(/^https:\/\/[a-z]+\.app\.invalid\//);
      expect(toApp(toPage(url))).toBe(url);
    }
  });

  it('are left alone where they are not ours', () => {
    for (const url of [
      'https://example.com/',
      'about:blank',
      'file:///x',
      'https://vitrine.other.invalid/',
      'chrome://gpu/',
    ])
      expect([toPage(url), toApp(url)]).toEqual([url, url]);
    expect(toApp('https://user@vitrine.app.invalid/')).toBe('https://user@vitrine.app.invalid/');
    // Still another origin than ours, and reported as one.
    expect(toApp('https://vitrine.app.invalid:8/')).toBe('app://vitrine:8/');
  });
});

describe('a strict module', () => {
  class Thing {
    #secret = 1;
    get value() {
      return this.#secret;
    }
    set value(next: number) {
      this.#secret = next;
    }
    read() {
      return this.#secret;
    }
  }

  it('throws the name of what it does not have', async () => {
    const thing = strict('thing', new Thing());
    expect(() => (thing as unknown as { other: unknown }).other).toThrow('electron.thing.other is not implemented');
    expect(() => Object.assign(thing, { other: 1 })).toThrow('electron.thing.other is not implemented');
    await expect(Promise.resolve(thing)).resolves.toBe(thing);
  });

  it('works otherwise as the object itself', () => {
    const thing = strict('thing', new Thing());
    thing.value = 5;
    const { read } = thing;
    expect([thing.value, read(), new Set([thing.read, thing.read]).size]).toEqual([5, 5, 1]);
  });
});

describe('the double refuses', () => {
  const safe = {
    sandbox: true,
    contextIsolation: true,
    webSecurity: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    allowRunningInsecureContent: false,
  };

  it.each(Object.keys(safe) as (keyof typeof safe)[])('a window whose %s is wrong or left out (I7)', (name) => {
    expect(unsafePreference(safe)).toBeNull();
    expect(unsafePreference({ ...safe, [name]: !safe[name] })).toContain(name);
    const { [name]: _, ...without } = safe;
    expect(unsafePreference(without)).toBe(`${name} must be ${safe[name]}, got undefined`);
  });

  it('privileged schemes after ready, twice, or past the policy; handlers before ready (I7)', () => {
    let ready = false;
    const protocol = new ProtocolDouble(() => ready);
    expect(() => protocol.handle('app', () => new Response())).toThrow('after app is ready');
    expect(() => protocol.registerSchemesAsPrivileged([{ scheme: 'x', privileges: { bypassCSP: true } }])).toThrow(
      'bypassCSP',
    );
    protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
    expect(() => protocol.registerSchemesAsPrivileged([])).toThrow('twice');
    ready = true;
    expect(() => protocol.registerSchemesAsPrivileged([])).toThrow('before app is ready');
    protocol.handle('app', () => new Response());
    expect(() => protocol.handle('app', () => new Response())).toThrow('Failed to register protocol: app');
  });
});

describe('the single-instance lock', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vitrine-lock-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is taken over from a process that was killed, and released', () => {
    mkdirSync(join(folder, 'instance'), { recursive: true });
    // No process has this id: it is above the largest one that Linux gives.
    writeFileSync(join(folder, 'instance', 'pid'), '99999999');
    const lock = takeInstanceLock(folder, { argv: [], cwd: '/' }, () => undefined);
    expect(readFileSync(join(folder, 'instance', 'pid'), 'utf8')).toBe(String(process.pid));
    lock?.release();
    expect(() => readFileSync(join(folder, 'instance', 'pid'))).toThrow('ENOENT');
  });

  it('hands the second command line to the first', async () => {
    const seen: unknown[] = [];
    const first = takeInstanceLock(folder, { argv: ['first'], cwd: '/' }, (second) => seen.push(second));
    expect(takeInstanceLock(folder, { argv: ['second', 'vitrine://request'], cwd: '/x' }, () => undefined)).toBeNull();
    await expect.poll(() => seen, { timeout: 15_000 }).toEqual([{ argv: ['second', 'vitrine://request'], cwd: '/x' }]);
    first?.release();
  });
});

describe('small things', () => {
  it('reads accelerators', () => {
    const key = { index: 3, ctrl: false, shift: false, alt: false, meta: false };
    expect(parseAccelerator('CmdOrCtrl+Shift+H', 3, 'linux')).toEqual({ ...key, ctrl: true, shift: true, key: 'h' });
    expect(parseAccelerator('CmdOrCtrl+.', 3, 'darwin')).toEqual({ ...key, meta: true, key: '.' });
    expect(parseAccelerator('F5', 3, 'linux')).toEqual({ ...key, key: 'f5' });
    expect(parseAccelerator('Ctrl++', 3, 'linux')).toEqual({ ...key, ctrl: true, key: '+' });
    expect(() => parseAccelerator('Hyper+X', 3, 'linux')).toThrow('Hyper');
  });

  it('looks for a browser where the person says, then where systems keep one', () => {
    expect(chromiumCandidates({ VITRINE_CHROMIUM: '/my/chrome', PATH: '/a:/b' }, 'linux')[0]).toBe('/my/chrome');
    expect(chromiumCandidates({ PATH: '/a:/b' }, 'linux')).toContain('/b/google-chrome');
    expect(chromiumCandidates({}, 'darwin')[0]).toMatch(/^\/Applications\//);
  });
});

describe('the save dialog without a system', () => {
  it('never takes a name that is taken', () => {
    const taken = new Set([join('/home/x', 'orders.csv'), join('/home/x', 'orders (2).csv')]);
    const free = (proposal: string) => freePath('/home/x', proposal, (path) => taken.has(path));
    expect(free('/elsewhere/orders.csv')).toBe(join('/home/x', 'orders (3).csv'));
    expect(free('other.sql')).toBe(join('/home/x', 'other.sql'));
    expect(free('')).toBe(join('/home/x', 'file'));
  });

  it('throws by name for what it does not do', () => {
    expect(() => Reflect.get(dialogDouble, 'showErrorBox')).toThrow('electron.dialog.showErrorBox');
    return expect(dialogDouble.showSaveDialog(null, {})).rejects.toThrow('without a window');
  });
});
