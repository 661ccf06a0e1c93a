/** The room's one table: each report as the bytes that its record in the ledger names. */
export interface Audits {
  id: string;
  from_at: Date;
  until_at: Date;
  at: Date;
  /** Canonical JSON of the report. */
  body: string;
  digest: string;
  grants: number;
  findings: number;
  /** Place of its record in the ledger. */
  index: number;
}

export interface AuditTables {
  audits: Audits;
}
