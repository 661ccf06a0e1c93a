/** The embedded stack's policy: written once, then only told where the target is, so that edits of yours stay. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseDocument } from 'yaml';

export interface PolicyTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly caFile: string;
}

/** Writes the policy file, or brings the target's address in it up to date. */
export function writePolicy(file: string, target: PolicyTarget): void {
  const document = parseDocument(existsSync(file) ? readFileSync(file, 'utf8') : firstPolicy);
  // A file that does not parse is the collector's to complain about, with line and reason.
  if (document.errors.length > 0) return;
  const at = ['targets', 'orders'];
  document.setIn([...at, 'host'], target.host);
  document.setIn([...at, 'port'], target.port);
  document.setIn([...at, 'database'], target.database);
  document.setIn([...at, 'tls'], { mode: 'verify-full', ca_file: target.caFile, server_name: 'localhost' });
  writeFileSync(file, document.toString({ lineWidth: 120 }));
}

const readable = `      - schema: shop
        table: customers
        select: [id, name, country, tier, newsletter, created_at]
        without: [email, phone, address]
      - { schema: shop, table: products, select: '*' }
      - { schema: shop, table: order_lines, select: '*' }
      - { schema: shop, table: payments, select: '*' }
      - { schema: shop, table: shipments, select: '*' }`;

const firstPolicy = `# Who may ask for what in the embedded stack. Edit it while the stack runs: a valid change counts at once, an invalid
# one is named in the collector's log and changes nothing. docs/policy.md explains every key.
version: 1

# Which groups of the identity provider hold which role.
roles:
  engineer: [oncall]
  approver: [incident-commanders]
  reviewer: [security]

# Named before they have ever signed in.
people:
  - { sub: amira, name: Amira Haddad, groups: [oncall] }
  - { sub: lina, name: Li Na, groups: [incident-commanders] }
  - { sub: ingrid, name: Ingrid Solheim, groups: [security] }

targets:
  # Host, port and certificate are filled in at every start.
  orders:
    label: Orders
    environment: production
    host: 127.0.0.1
    port: 5432
    database: shop
    tls: { mode: verify-full }

# card_tokens is in no scope.
scopes:
  support-read:
    label: Support read
    mode: read
    tables:
${readable}
      - { schema: shop, table: orders, select: '*' }

  orders-repair:
    label: Orders repair
    mode: write
    tables:
${readable}
      - schema: shop
        table: orders
        select: '*'
        update: [status, updated_at, details]

severities:
  SEV1:
    label: Customers are affected now
    max_minutes: 30
    alone: true
    review_hours: 24
  SEV2:
    label: Degraded, can wait for an approval
    max_minutes: 30
    approvals: 1
    # Whoever approves has signed in within this time; try it with 1, or with acr: urn:vitrine:acr:strong.
    step_up: { who: [approver], max_age_minutes: 30 }
    review_hours: 72
  DRILL:
    label: Exercise, reading only
    max_minutes: 10
    alone: true

rules:
  - roles: [engineer]
    targets: [orders]
    scopes: [support-read, orders-repair]
    severities: [SEV1, SEV2]
  - roles: [engineer]
    targets: [orders]
    scopes: [support-read]
    severities: [DRILL]
`;
