/** The room's one table: each request as JSON, beside it the columns that queries and sweeps need. */
import type { ColumnType } from 'kysely';
import type { Grant, Phase } from './machine.ts';

export interface Grants {
  id: string;
  /** Counts the changes: a change is stored only on the version that it was made from. */
  version: number;
  phase: Phase;
  sub: string;
  target: string;
  role: string | null;
  created_at: Date;
  lapses_at: Date;
  expires_at: Date | null;
  due_at: Date | null;
  reviewed_at: Date | null;
  /** While activating or ending: from then on any collector may take over. */
  retry_at: Date | null;
  /** Failed attempts to end it. */
  attempts: number;
  doc: ColumnType<Grant, string, string>;
}

export interface GrantTables {
  grants: Grants;
}
