import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openKeyVault } from './device-key.ts';
import type { KeyValue, SecretBox } from './secret-box.ts';

const memory = (): KeyValue & { readonly all: Map<string, string> } => {
  const all = new Map<string, string>();
  return {
    all,
    get: (key) => all.get(key),
    set: (key, value) => void all.set(key, value),
    delete: (key) => void all.delete(key),
  };
};
/** A keychain as far as the vault can tell: reversible, and not the identity. */
const keychain = (trustworthy: boolean): SecretBox => ({
  trustworthy,
  encrypt: async (plain) => Buffer.from(plain).map((byte) => byte ^ 0x5a),
  decrypt: async (sealed) => Buffer.from(sealed.map((byte) => byte ^ 0x5a)).toString(),
});

describe('the device key', () => {
  it('is made once and kept by a real keychain', async () => {
    const entries = memory();
    const first = await openKeyVault(keychain(true), entries).open();
    const again = await openKeyVault(keychain(true), entries).open();
    expect(again.thumbprint).toBe(first.thumbprint);
  });

  it('signs what its public key verifies (I4)', async () => {
    const key = await openKeyVault(keychain(true), memory()).open();
    const data = new TextEncoder().encode('a record');
    const publicKey = createPublicKey({ key: key.publicJwk, format: 'jwk' });
    expect(verify(null, data, publicKey, key.sign(data))).toBe(true);
  });

  it('asks the person where there is no real keychain, and then is a file only a passphrase opens', async () => {
    const entries = memory();
    const vault = openKeyVault(keychain(false), entries);
    expect(vault.state()).toBe('choose');
    await expect(vault.open()).rejects.toMatchObject({ code: 'key_locked' });
    await vault.choose({ kind: 'passphrase', passphrase: 'correct horse battery' });
    const made = await vault.open();

    const restarted = openKeyVault(keychain(false), entries);
    expect(restarted.state()).toBe('unlock');
    await expect(restarted.unlock('wrong horse')).rejects.toMatchObject({ code: 'wrong_passphrase' });
    await restarted.unlock('correct horse battery');
    expect((await restarted.open()).thumbprint).toBe(made.thumbprint);
  });

  it('never rests on disk in the clear (I7)', async () => {
    const entries = memory();
    const vault = openKeyVault(keychain(false), entries);
    await vault.choose({ kind: 'passphrase', passphrase: 'correct horse battery' });
    const text = JSON.stringify([...entries.all]);
    expect(text).not.toContain('correct horse');
    expect(JSON.parse([...entries.all.values()][0] ?? '')).toEqual({
      kind: 'passphrase',
      salt: expect.any(String),
      nonce: expect.any(String),
      sealed: expect.any(String),
    });
  });

  it('in memory only is a new device at every start', async () => {
    const entries = memory();
    const vault = openKeyVault(keychain(false), entries);
    await vault.choose({ kind: 'memory' });
    expect(vault.state()).toBe('ready');
    expect(entries.all.size).toBe(0);
    expect(openKeyVault(keychain(false), entries).state()).toBe('choose');
  });

  it('says that a stored key is damaged instead of making a new one in silence (I6)', () => {
    const entries = memory();
    for (const damaged of ['{"kind":"something"}', '{"kind":"keyc']) {
      entries.set('device-key', damaged);
      expect(() => openKeyVault(keychain(true), entries).state()).toThrow(/damaged/);
    }
  });
});
