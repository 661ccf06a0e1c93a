/** The room's tables: each envelope as JSON with the columns that queries need, and the devices' keys for sealing. */
import type { ColumnType } from 'kysely';
import type { Envelope, Phase } from './machine.ts';

export interface Envelopes {
  id: string;
  /** Counts the changes: a change is stored only on the version that it was made from. */
  version: number;
  phase: Phase;
  sub: string;
  jkt: string;
  target: string;
  role: string | null;
  asked_at: Date;
  lapses_at: Date;
  until: Date | null;
  clean: boolean;
  /** When any collector may take over what another one left half done, or try again what failed. */
  retry_at: Date | null;
  jws: string | null;
  /** The sealed envelope, JSON; it opens for the device only, and only with a code. */
  sealed: string | null;
  /** When its device first fetched it. */
  fetched_at: Date | null;
  doc: ColumnType<Envelope, string, string>;
}
/** The X25519 key that a device signed for; `sig` is kept as the proof. */
export interface EnvelopeKeys {
  jkt: string;
  x: string;
  sig: string;
  at: Date;
}

export interface EnvelopeTables {
  envelopes: Envelopes;
  envelope_keys: EnvelopeKeys;
}
