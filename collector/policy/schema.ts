/** The policy file's shape (zod). `docs/policy.schema.json` is generated from it; docs/policy.md explains it. Unknown keys are refused. */
import { z } from 'zod';
import { auditEvery } from '../../shared/audits.ts';
import { columns, environment, identifier, limits, role, severityId, targetId } from '../../shared/grants.ts';
import { approvals } from './approvals.ts';
import { channelIds, notifySection } from './notify.ts';
import { stepUpFile } from './step-up.ts';
import { policyTest } from './test-schema.ts';

const group = z.string().min(1).max(200);
const label = z.string().trim().min(1).max(80);
const scopeId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes');
const minutes = z
  .int()
  .min(1)
  .max(24 * 60);
const hours = z
  .int()
  .min(1)
  .max(24 * 90);
const groups = z.array(group).min(1);

const table = z
  .strictObject({
    schema: identifier,
    table: identifier.describe(
      "The table's name, or '*' for every table that the schema has when access is asked for.",
    ),
    except: z.array(identifier).min(1).max(500).optional().describe("With table '*': but not these."),
    select: columns
      .optional()
      .describe("'*' for every column, now and later, or the list of columns that may be read."),
    insert: columns.optional(),
    update: columns.optional(),
    delete: z.literal(true).optional(),
    without: z
      .array(identifier)
      .min(1)
      .optional()
      .describe('Columns that exist and are withheld; said in plain words before the request is sent. Grants nothing.'),
  })
  .describe('What a scope allows on one table. What is not named is not allowed.');

const tls = z.strictObject({
  mode: z.enum(['verify-full', 'disable']).describe('disable is accepted for loopback hosts only.'),
  ca_file: z
    .string()
    .min(1)
    .optional()
    .describe('PEM of the certificates to trust, relative to this file; left out: those of the system.'),
  server_name: z.string().min(1).optional().describe('Name in the certificate; left out: the host.'),
});

export const policyFile = z
  .strictObject({
    version: z.literal(1),
    roles: z
      .partialRecord(role, groups)
      .describe('Which groups of the identity provider hold which role. A role that is left out is held by nobody.'),
    people: z
      .array(z.strictObject({ sub: z.string().min(1).max(255), name: label, groups }))
      .default([])
      .describe(
        'People to name and count before they have ever signed in. Grants nothing: groups of the sign-in decide.',
      ),
    targets: z.record(
      targetId,
      z.strictObject({
        label,
        environment,
        host: z.string().min(1).max(255),
        port: z.int().min(1).max(65_535).default(5432),
        database: identifier,
        tls,
      }),
    ),
    scopes: z.record(
      scopeId,
      z.strictObject({
        label,
        mode: z.enum(['read', 'write', 'ddl']),
        owner: identifier
          .optional()
          .describe('Mode ddl: the role of the database whose objects may be created, altered and dropped.'),
        tables: z.array(table).max(500).default([]),
      }),
    ),
    limits: limits.partial().default({}).describe('Limits of every grant, where its severity does not set its own.'),
    severities: z.record(
      severityId,
      z.strictObject({
        label,
        max_minutes: minutes,
        default_minutes: minutes.optional().describe('Left out: the longest duration.'),
        approvals: approvals.default(1),
        alone: z.boolean().default(false).describe('The engineer may break the glass alone.'),
        extensions: z
          .int()
          .min(0)
          .max(10)
          .default(1)
          .describe('How often a live grant may be extended; each time like a new request of so many minutes.'),
        elevation_minutes: minutes
          .default(15)
          .describe('Longest elevation of a live grant to a scope that writes; never after its deadline.'),
        step_up: stepUpFile.optional(),
        review_hours: hours
          .nullable()
          .default(null)
          .describe('Hours from the end until the review is due; null: none.'),
        notify: channelIds
          .default([])
          .describe('Further channels for everything that is told about grants of this severity.'),
        limits: limits.partial().default({}),
        offline: z
          .strictObject({
            scopes: z.array(scopeId).min(1).describe('Which scopes; only those of mode read.'),
            minutes: z.int().min(1).max(60).describe('How long access lasts after an envelope was opened.'),
            days: z.int().min(1).max(31).default(7).describe('How long an envelope can be opened.'),
          })
          .optional()
          .describe('What may be sealed in an offline envelope; left out: nothing.'),
      }),
    ),
    rules: z
      .array(
        z.strictObject({
          roles: z.array(role).min(1),
          groups: groups
            .max(50)
            .optional()
            .describe('Only people in one of these groups; left out: whatever the group.'),
          targets: z.array(targetId).min(1),
          scopes: z.array(scopeId).min(1),
          severities: z.array(severityId).min(1),
          max_minutes: minutes.optional().describe('Caps the severities for this rule.'),
          approvals: approvals.optional().describe('Instead of those of the severities.'),
        }),
      )
      .min(1),
    lapse: z
      .strictObject({ request_minutes: minutes.default(30), activate_minutes: minutes.default(15) })
      .default({ request_minutes: 30, activate_minutes: 15 })
      .describe('When an unanswered request, and an approved one that was never activated, lapse.'),
    audits: z
      .strictObject({
        every: auditEvery.default('month').describe('Calendar weeks from Monday, or calendar months, in UTC.'),
        unused_days: z
          .int()
          .min(1)
          .max(3650)
          .default(90)
          .describe('Days after which a right that nobody uses, and a device that was not seen, is listed.'),
      })
      .default({ every: 'month', unused_days: 90 })
      .describe('The periodic report for reviewers and operators.'),
    notify: notifySection,
    tests: z
      .array(policyTest)
      .max(500)
      .default([])
      .describe('Requests and what must become of them. A policy whose own tests fail never takes effect.'),
  })
  .describe('Vitrine policy');
export type PolicyFile = z.infer<typeof policyFile>;

/** In force where neither the policy nor the severity says otherwise. */
export const DEFAULT_LIMITS = {
  max_rows: 1_000_000,
  max_bytes: 512 * 1024 * 1024,
  statement_timeout_ms: 10 * 60 * 1000,
  idle_tx_timeout_ms: 5 * 60 * 1000,
  connections: 10,
  strict: false,
  max_unacked: 500,
  max_age_s: 300,
  unparsed: false,
  exports: true,
  local_port: true,
  port_dangerous: 'refuse',
} as const;

/** JSON Schema (draft 2020-12) of the file as a person writes it, for editors. */
export const policyJsonSchema = (): string =>
  `${JSON.stringify({ $id: 'urn:vitrine:policy:1', ...z.toJSONSchema(policyFile, { io: 'input' }) }, null, 2)}\n`;
