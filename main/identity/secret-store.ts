/**
 * The OS keychain behind Electron's safeStorage, and the electron-store file that holds what it sealed. Only the
 * asynchronous calls are used. On Linux a `basic_text` or unknown backend is no protection and is treated as none (I7).
 */
import { safeStorage } from 'electron';
import type { SecretBox } from './secret-box.ts';

/** Call after `ready`. */
export async function openSecretBox(platform: NodeJS.Platform): Promise<SecretBox> {
  const available = await safeStorage.isAsyncEncryptionAvailable();
  const backend = platform === 'linux' ? safeStorage.getSelectedStorageBackend() : 'system';
  return {
    trustworthy: available && backend !== 'basic_text' && backend !== 'unknown',
    encrypt: async (plain) => safeStorage.encryptStringAsync(plain),
    decrypt: async (sealed) => (await safeStorage.decryptStringAsync(Buffer.from(sealed))).result,
  };
}
