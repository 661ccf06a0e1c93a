/**
 * What the rest of main may ask of the operating system's keychain. `main/identity/secret-store.ts` builds it from
 * Electron's safeStorage; tests build it from memory.
 */
export interface SecretBox {
  /** False where the system has no real keychain (Linux `basic_text`): then nothing may be entrusted to it. */
  readonly trustworthy: boolean;
  encrypt(plain: string): Promise<Uint8Array>;
  decrypt(sealed: Uint8Array): Promise<string>;
}

/** A small persistent map of strings; one JSON file in practice. */
export interface KeyValue {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  delete(key: string): void;
}
