/** A policy over the test target of the room targets, for the tests of grants and review. */
import type { TestTarget } from '../targets/testing.ts';

/** SEV1 alone, SEV2 with one approval, DRILL without a review. `caFile` holds the target's authority. */
export const policyFor = ({ config }: Pick<TestTarget, 'config'>, caFile: string): string => `
version: 1
roles: { engineer: [oncall], approver: [incident-commanders], reviewer: [security] }
targets:
  orders:
    label: Orders
    environment: production
    host: ${config.host}
    port: ${config.port}
    database: ${config.database}
    tls: { mode: verify-full, ca_file: ${JSON.stringify(caFile)}, server_name: localhost }
scopes:
  orders-read:
    label: Read orders
    mode: read
    tables:
      - { schema: shop, table: orders, select: '*' }
      - { schema: shop, table: customers, select: [id, name], without: [email, phone] }
  orders-repair:
    label: Repair orders
    mode: write
    tables:
      - { schema: shop, table: orders, select: '*', update: [status] }
  misfit:
    label: Does not fit
    mode: read
    tables:
      - { schema: shop, table: no_such_table, select: '*' }
severities:
  SEV1: { label: Now, max_minutes: 30, alone: true, review_hours: 24 }
  SEV2: { label: Soon, max_minutes: 60, approvals: 1, alone: false, review_hours: 72 }
  DRILL: { label: Drill, max_minutes: 10, alone: true, review_hours: null }
rules:
  - { roles: [engineer], targets: [orders], scopes: [orders-read, orders-repair, misfit], severities: [SEV1, SEV2, DRILL] }
`;

export const wanted = (changes: Record<string, unknown> = {}) => ({
  target: 'orders',
  scope: 'orders-repair',
  severity: 'SEV1',
  ticket: 'INC-4711',
  reason: 'Orders stuck in processing since the deploy',
  minutes: 30,
  alone: true,
  ...changes,
});
