/**
 * What the provider remembers (sessions, grants, refresh tokens), kept in one file, so that a restart of the stack signs
 * nobody out. Small by nature: three people.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Entry {
  readonly model: string;
  readonly id: string;
  payload: AdapterPayload;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What ends together when its grant is revoked. */
const grantable = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode']);

export interface Store {
  adapter(model: string): Adapter;
  /** Writes what has not been written yet. */
  flush(): void;
}

export function openStore(file: string): Store {
  const entries = new Map<string, Entry>();
  // Written by `flush` below.
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Entry[]) : [];
  for (const entry of kept) if (entry.until > Date.now()) entries.set(`${entry.model}:${entry.id}`, entry);

  let pending: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (pending !== null) clearTimeout(pending);
    pending = null;
    for (const [key, entry] of entries) if (entry.until <= Date.now()) entries.delete(key);
    writeFileSync(`${file}.new`, JSON.stringify([...entries.values()]), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  const changed = (): void => {
    pending ??= setTimeout(flush, 50).unref();
  };

  const adapter = (model: string): Adapter => {
    const live = (entry: Entry | undefined): AdapterPayload | undefined =>
      entry !== undefined && entry.until > Date.now() ? entry.payload : undefined;
    const search = (test: (payload: AdapterPayload) => boolean): AdapterPayload | undefined =>
      [...entries.values()].find((entry) => entry.model === model && test(entry.payload) && live(entry))?.payload;
    return {
      async upsert(id, payload, expiresIn) {
        const until = Date.now() + (expiresIn ?? 365 * 24 * 3600) * 1000;
        entries.set(`${model}:${id}`, { model, id, payload, until });
        changed();
      },
      find: async (id) => live(entries.get(`${model}:${id}`)),
      findByUid: async (uid) => search((payload) => payload.uid === uid),
      findByUserCode: async (code) => search((payload) => payload.userCode === code),
      async consume(id) {
        const entry = entries.get(`${model}:${id}`);
        if (entry !== undefined) entry.payload = { ...entry.payload, consumed: Math.floor(Date.now() / 1000) };
        changed();
      },
      async destroy(id) {
        entries.delete(`${model}:${id}`);
        changed();
      },
      async revokeByGrantId(grantId) {
        for (const [key, entry] of entries) {
          if (grantable.has(entry.model) && entry.payload.grantId === grantId) entries.delete(key);
        }
        changed();
      },
    };
  };
  return { adapter, flush };
}
