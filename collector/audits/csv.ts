/** One table of a report as CSV (RFC 4180). Texts that a spreadsheet would take for a formula begin with an apostrophe. */
import { stringify } from 'csv-stringify/sync';
import type { AuditedGrant, AuditReport, AuditSection } from '../../shared/audits.ts';

type Value = string | number | boolean | null;
interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

const table =
  <T>(rows: (report: AuditReport) => readonly T[], columns: Readonly<Record<string, (row: T) => Value>>) =>
  (report: AuditReport): Table => ({
    columns: Object.keys(columns),
    rows: rows(report).map((row) => Object.values(columns).map((read) => read(row))),
  });

const grants = (rows: (report: AuditReport) => readonly AuditedGrant[]) =>
  table(rows, {
    id: ({ id }) => id,
    person: ({ by }) => by.name,
    person_id: ({ by }) => by.sub,
    target: ({ target }) => target.id,
    scope: ({ scope }) => scope,
    severity: ({ severity }) => severity,
    ticket: ({ ticket }) => ticket,
    minutes: ({ minutes }) => minutes,
    alone: ({ alone }) => alone,
    approved_by: ({ approved_by: names }) => names.join('; '),
    state: ({ state }) => state,
    asked_at: ({ asked_at: at }) => at,
    opened_at: ({ opened_at: at }) => at,
    ended_at: ({ ended_at: at }) => at,
    ended_by: ({ ended_by: name }) => name,
    gone_ms: ({ gone_ms: ms }) => ms,
    review: ({ review }) => review,
    review_due_at: ({ review_due_at: at }) => at,
  });

const TABLES: Readonly<Record<AuditSection, (report: AuditReport) => Table>> = {
  grants: grants((report) => report.grants),
  overdue: grants((report) => report.overdue),
  roles: table(({ roles }) => roles, {
    target: ({ target }) => target.id,
    role: ({ role }) => role,
    grant: ({ grant }) => grant,
    removed: ({ removed }) => removed,
  }),
  people: table(({ people }) => people, {
    person: ({ name }) => name,
    person_id: ({ sub }) => sub,
    roles: ({ roles }) => roles.join('; '),
    last_used_at: ({ last_used_at: at }) => at,
    seen_at: ({ seen_at: at }) => at,
  }),
  devices: table(({ devices }) => devices, {
    device: ({ name }) => name,
    person: ({ by }) => by.name,
    person_id: ({ by }) => by.sub,
    key: ({ jkt }) => jkt,
    enrolled_at: ({ enrolled_at: at }) => at,
    seen_at: ({ seen_at: at }) => at,
  }),
  policies: table(({ policies }) => policies, {
    at: ({ at }) => at,
    hash: ({ hash }) => hash,
    ledger: ({ index }) => index,
  }),
};

export function csvOf(report: AuditReport, section: AuditSection): string {
  const { columns, rows } = TABLES[section](report);
  return stringify([columns, ...rows], {
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { boolean: (value) => (value ? 'yes' : 'no') },
  });
}
