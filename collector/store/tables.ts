/**
 * The tables as Kysely sees them. Each room describes its own and adds one line to `Database`.
 * `ledger_entries`, `ledger_tiles` and `ledger_checkpoints` are append-only: a trigger refuses UPDATE, DELETE and TRUNCATE (I5).
 */
import type { ColumnType, Generated } from 'kysely';
import type { PublicJwk } from '../../shared/audit/records.ts';
import type { AuditTables } from '../audits/tables.ts';
import type { EnvelopeTables } from '../envelopes/tables.ts';
import type { GrantTables } from '../grants/tables.ts';
import type { NotifyTables } from '../notify/tables.ts';

type JsonColumn<T> = ColumnType<T, string, string>;

/** One ledger entry: the exact envelope line, never re-serialised. */
export interface LedgerEntries {
  index: number;
  line: string;
  leaf: Buffer;
  typ: string;
  gid: string | null;
  sid: string | null;
  seq: number | null;
  /** The intent id of an `intent`, the intent named by an `outcome` or a `disclosure`; null elsewhere. */
  intent: string | null;
  received_at: Date;
}
/** A complete C2SP tile: 256 hashes of 32 bytes, and the hash over all of them (one hash of the level above). */
export interface LedgerTiles {
  level: number;
  n: number;
  hashes: Buffer;
  root: Buffer;
}
export interface LedgerCheckpoints {
  size: number;
  root: Buffer;
  note: string;
  at: Date;
}
/** A device's audit session: one backend connection to a target. */
export interface Sessions {
  sid: string;
  gid: string;
  sub: string;
  /** Thumbprint of the key that signs it. */
  jkt: string;
  pub: JsonColumn<PublicJwk>;
  devn: number;
  next_seq: number;
  /** Leaf hash of the newest entry, base64url. */
  head: string;
  /** Ledger index of `session.open`. */
  opened: number;
  /** Ledger index of `session.close`. */
  closed: Generated<number | null>;
  received_at: Date;
}
/** Envelopes that contradict the ledger: two signatures at one place are proof, so both are kept. */
export interface Forks {
  sid: string;
  seq: number;
  leaf: string;
  line: string;
  kind: 'fork' | 'orphan';
  at: Date;
}
/** Every policy that was ever in force, by the hash that grants name. */
export interface Policies {
  hash: string;
  body: string;
  at: Date;
}
/** The full text of an intent, AES-256-GCM (`nonce || ciphertext || tag`), outside the tree. */
export interface Disclosures {
  intent: string;
  sid: string;
  sealed: Buffer;
  received_at: Date;
}
export interface Devices {
  jkt: string;
  sub: string;
  jwk: JsonColumn<PublicJwk>;
  name: string;
  os: string;
  app: string;
  enrolled_at: Date;
  seen_at: Date;
  revoked_at: Date | null;
  /** Name of who revoked it, and their reason. */
  revoked_by: Generated<string | null>;
  revoked_for: Generated<string | null>;
}
/** ID tokens as evidence: who the identity provider said this was, and to which device key it committed. */
export interface IdTokens {
  /** SHA-256 of the ASCII token, base64url. */
  idt: string;
  token: string;
  sub: string;
  /** Null for a login on the web pages, which binds no device. */
  jkt: string | null;
  salt: string | null;
  jwks: string;
  auth_time: Date | null;
  received_at: Date;
}
/** What the provider published when a token was verified, by the hash of its bytes. */
export interface JwksSnapshots {
  hash: string;
  issuer: string;
  body: string;
  at: Date;
}
/** Everyone who has ever signed in, as their last ID token described them. */
export interface People {
  sub: string;
  name: string;
  email: string | null;
  groups: JsonColumn<readonly string[]>;
  seen_at: Date;
}
export interface WebLogins {
  /** SHA-256 of the login cookie. */
  id: string;
  state: string;
  nonce: string;
  verifier: string;
  return_to: string;
  /** A sign-in that has to be fresh: seconds, the class that is asked for, whose it must be. */
  max_age: number | null;
  acr: string | null;
  sub: string | null;
  created_at: Date;
}
export interface WebSessions {
  /** SHA-256 of the session cookie. */
  id: string;
  sub: string;
  idt: string;
  auth_time: Date | null;
  acr: string | null;
  amr: JsonColumn<readonly string[]> | null;
  created_at: Date;
  expires_at: Date;
}
export interface DpopJti {
  jkt: string;
  jti: string;
  at: Date;
}

export interface CoreTables {
  ledger_entries: LedgerEntries;
  ledger_tiles: LedgerTiles;
  ledger_checkpoints: LedgerCheckpoints;
  sessions: Sessions;
  forks: Forks;
  policies: Policies;
  disclosures: Disclosures;
  devices: Devices;
  id_tokens: IdTokens;
  jwks_snapshots: JwksSnapshots;
  people: People;
  web_logins: WebLogins;
  web_sessions: WebSessions;
  dpop_jti: DpopJti;
}

/** Other rooms extend this list with an interface of their own tables. */
export interface Database extends CoreTables, GrantTables, AuditTables, NotifyTables, EnvelopeTables {}
