import { describe, expect, it } from 'vitest';
import type { Wanted } from './arguments.ts';
import type { Prompts } from './prompts.ts';
import { hasDisplay, openDesk } from './sign-in.ts';
import { Stopped } from './stop.ts';
import { Voice } from './voice.ts';

const at = (login: Wanted['login'], display: boolean, typed: readonly string[] | null = null) => {
  let words = '';
  const output = (keep: boolean) => ({
    write: (text: string) => {
      if (keep) words += text;
      return true;
    },
    on: () => undefined,
  });
  const voice = new Voice({ words: output(true), data: output(false), json: false, env: {}, onReaderGone: () => {} });
  const lines = [...(typed ?? [])];
  const asked: AbortSignal[] = [];
  const prompts: Prompts = {
    async line(_question, signal) {
      if (signal !== undefined) asked.push(signal);
      const next = lines.shift();
      if (next !== undefined) return next;
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Stopped())));
    },
    hidden: () => Promise.reject(new Error('no passphrase is asked for here')),
  };
  const opened: string[] = [];
  const desk = openDesk({
    login,
    display,
    openExternal: async (url) => {
      if (url.includes('fails')) throw new Error('no browser was found');
      opened.push(url);
    },
    voice,
    prompts: typed === null ? null : prompts,
  });
  return { desk, opened, words: () => words, asked };
};

describe('how a person signs in at a terminal', () => {
  it('is the browser where there is a display, and a code where there is none', () => {
    expect(at('automatic', true).desk.deviceCode.wanted()).toBe('no');
    expect(at('automatic', false).desk.deviceCode.wanted()).toBe('where offered');
    expect(at('device-code', true).desk.deviceCode.wanted()).toBe('yes');
    expect(at('browser', false).desk.deviceCode.wanted()).toBe('no');
    expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true);
    expect(hasDisplay('linux', { DISPLAY: '' })).toBe(false);
    expect(hasDisplay('darwin', {})).toBe(true);
    expect(hasDisplay('darwin', { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' })).toBe(false);
  });

  it('is the browser after a code that could not be bound to this device (I4)', () => {
    const { desk } = at('automatic', false);
    desk.turnToBrowser();
    expect(desk.deviceCode.wanted()).toBe('no');
  });

  it('shows the address in any case, and goes on where no browser opens', async () => {
    const { desk, words, opened } = at('browser', false);
    await desk.openBrowser('https://login.example/auth?ok', () => false);
    expect(opened).toEqual(['https://login.example/auth?ok']);
    await desk.openBrowser('https://login.example/auth?fails', () => false);
    expect(words()).toContain('https://login.example/auth?fails');
    expect(words()).toContain('No browser could be opened here: no browser was found');
  });

  it('takes an answer that a browser on another machine ended on, and nothing else', async () => {
    const { desk, words, asked } = at('automatic', false, [
      '',
      'https://evil.example',
      'http://127.0.0.1:1/callback?x',
    ]);
    const handed: string[] = [];
    const took = new Promise<void>((resolve) => {
      void desk.openBrowser('https://login.example/auth', (address) => {
        handed.push(address);
        if (!address.startsWith('http://127.0.0.1:1/')) return false;
        resolve();
        return true;
      });
    });
    await took;
    expect(handed).toEqual(['https://evil.example', 'http://127.0.0.1:1/callback?x']);
    expect(words()).toContain('That is not the address');
    desk.done();
    expect(asked.at(-1)?.aborted).toBe(true);
  });

  it('never lets the provider’s words reach the terminal as more than words', () => {
    const { desk, words } = at('device-code', false);
    desk.deviceCode.show({
      userCode: 'ABCD\u001b[2J-EFGH',
      verificationUri: 'https://login.example/device',
      verificationUriComplete: null,
      expiresIn: 600,
    });
    expect(words()).toContain('ABCD�[2J-EFGH');
    expect(words()).toContain('good for 10 minutes');
  });
});
