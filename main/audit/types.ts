/** The words of this room: what the relay hands in, what it gets back, what the uploader needs. */
import type { Receipt } from '../../shared/api.ts';
import type { Intent, Notice, Outcome, PublicJwk, SessionClose, SessionOpen } from '../../shared/audit/records.ts';
import type { Fault } from '../../shared/errors.ts';

/** The device key as this room sees it. */
export interface DeviceSigner {
  /** RFC 7638, base64url. */
  readonly thumbprint: string;
  readonly publicJwk: PublicJwk;
  /** 64 bytes over exactly these bytes. */
  sign(data: Uint8Array): Uint8Array;
}

export interface SessionFacts {
  readonly gid: string;
  /** The grant JWS; the record carries its hash. */
  readonly grant: string;
  /** The ID token, of which the record carries the hash; or that hash. */
  readonly idToken: string | { readonly idt: string };
  readonly target: SessionOpen['target'];
  readonly limits: SessionOpen['limits'];
}

export interface IntentFacts {
  /** 128 random bits, base64url; made here when absent. Given where an `execute` of the same batch has to name it. */
  readonly id?: string;
  readonly op: Intent['op'];
  /** For `execute`: the intent of its Parse. */
  readonly of: string | null;
  readonly kind: Intent['kind'];
  readonly n: number;
  readonly fp: string | null;
  /** Left out of the record where it does not fit. */
  readonly norm: string | null;
  /** Full text; only its commitment enters the record. */
  readonly text: string | null;
  readonly parameters: readonly (string | null)[] | null;
  readonly tx: Intent['tx'];
  readonly origin: Intent['origin'];
}

export interface OutcomeFacts {
  /** The intent. */
  readonly of: string;
  readonly result: Outcome['result'];
  readonly sqlstate: string | null;
  readonly tag: string | null;
  readonly rows: number;
  readonly bytes: number;
  /** {@link SessionLog.elapsed} when the statement was sent and when it finished. */
  readonly start: number | null;
  readonly end: number | null;
}

export interface NoticeFacts {
  readonly kind: Notice['kind'];
  readonly of: string | null;
  readonly code: string | null;
  readonly fp: string | null;
  readonly norm: string | null;
  readonly rows: number | null;
  readonly bytes: number | null;
}

/** Leave to write one statement to the socket, once. */
export interface Permit {
  /** Intent id, for the tag and the outcome. */
  readonly intent: string;
  /** Throws a Fault the second time, and when the session has been poisoned or closed since. */
  use(): void;
}

/** The log of one connection to a target. Every method throws a Fault once the session is poisoned or closed. */
export interface SessionLog {
  readonly sid: string;
  /** Resolves when the signed intent is durable and, where the limits say so, receipted. (I2) */
  permit(facts: IntentFacts): Promise<Permit>;
  /** The same for several statements with one sync. */
  permitAll(facts: readonly IntentFacts[]): Promise<Permit[]>;
  outcome(facts: OutcomeFacts): void;
  notice(facts: NoticeFacts): void;
  /** Resolves when everything recorded so far is durable and, where the limits say so, receipted. */
  settle(): Promise<void>;
  /** Ends the session: intents without an outcome get `unknown`, then `session.close`, durable. Idempotent. */
  close(facts: { readonly reason: SessionClose['reason']; readonly delay: number | null }): Promise<void>;
  /** Milliseconds since the session opened, fractional, monotonic. */
  elapsed(): number;
}

export interface LogState {
  /** Durable on this device. */
  readonly recorded: number;
  /** Proven to be in the ledger by a verified receipt. */
  readonly in_ledger: number;
  /** Ledger index of the newest entry known to be there. */
  readonly index: number | null;
  /** What delivery is waiting for, in plain words; null when nothing is wrong. */
  readonly waiting: string | null;
}

export interface AuditLog {
  /** Resolves when `session.open` is durable. */
  openSession(facts: SessionFacts): Promise<SessionLog>;
  state(): LogState;
  /** Answers with the unsubscribe. */
  onState(listener: (state: LogState) => void): () => void;
  /** Why nothing can be recorded, and therefore nothing sent, at this moment; null while the log is sound. (I6) */
  fault(): Fault | null;
  /** Newest checkpoint that this device has verified. */
  ack(): { readonly size: number; readonly root: string };
  /** Ledger index of an intent; null until its receipt is verified. */
  indexOf(intentId: string): number | null;
  /** Resolves when everything recorded is receipted; rejects with a Fault when uploads have stopped for good. */
  drained(): Promise<void>;
  /** Makes everything durable and closes the files. Open sessions are recovered at the next start. */
  close(): Promise<void>;
}

/** The sealed full text of one intent on its way to the collector (`sealed` of shared/api). */
export interface SealedItem {
  readonly i: string;
  readonly sql: string;
  readonly par: string | null;
}

/** The collector as the uploader sees it. Every call rejects with a Fault. */
export interface CollectorUploads {
  entries(sid: string, lines: string[], fromSize: number): Promise<Receipt>;
  head(sid: string): Promise<{ next_seq: number; head: string | null }>;
  disclosures(sid: string, items: SealedItem[]): Promise<void>;
}

export interface Uploader {
  /** Stops after the exchange that is running. What is not delivered stays on disk. */
  stop(): Promise<void>;
  /** Try now instead of after the current pause. */
  poke(): void;
}
