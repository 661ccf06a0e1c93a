import { describe, expect, it } from 'vitest';
import type { Summary } from '../../shared/ipc.ts';
import { summaryText } from './summary-text.ts';

const statement = (part: Partial<Summary['recent'][number]>): Summary['recent'][number] => ({
  intent: 'A'.repeat(22),
  port: false,
  text: 'select 1',
  result: 'ok',
  tag: 'SELECT 1',
  sqlstate: null,
  rows: 1,
  ms: 1.24,
  ledger_index: 41,
  ...part,
});
const summary = (part: Partial<Summary> = {}): Summary => ({
  grant: 'G'.repeat(22),
  target_id: 'orders',
  target: 'Orders',
  environment: 'production',
  severity: 'SEV1',
  ticket: 'INC-4711',
  reason: 'Orders are\nstuck',
  from: '2026-11-26T13:58:00.000Z',
  until: '2026-11-26T14:02:12.000Z',
  why: 'handed_back',
  used_ms: 252_000,
  total_ms: 1_800_000,
  statements: 1,
  denied: 0,
  rows_read: 1,
  rows_changed: 0,
  fates: { committed: 0, rolled_back: 0, unknown: 0 },
  tables: ['shop.orders'],
  exports: { done: 0, rows: 0, bytes: 0, cut: 0 },
  gone_ms: 84,
  cut: null,
  transaction: null,
  tools: [],
  recent: [statement({})],
  review_due_at: null,
  ledger: { recorded: 4, in_ledger: 4, index: 43, waiting: null },
  ...part,
});

describe('what goes into the ticket', () => {
  it('says who did what, when, and where it stands in the ledger', () => {
    expect(summaryText(summary())).toBe(`## INC-4711: access to Orders (production)

- **Why:** Orders are stuck
- **When:** 2026-11-26 13:58 UTC to 2026-11-26 14:02 UTC, SEV1; handed back
- **Statements:** 1
- **Tables:** \`shop.orders\`
- **Rows:** 1 read, 0 changed
- **Records:** 4 of 4 in the ledger; grant \`${'G'.repeat(22)}\`

1. SELECT 1 · 1.2 ms · ledger 41
   \`\`\`sql
   select 1
   \`\`\`
`);
  });
  it('says what became of what was changed', () => {
    const text = summaryText(
      summary({ rows_changed: 44, fates: { committed: 37, rolled_back: 5, unknown: 2 }, denied: 1, statements: 3 }),
    );
    expect(text).toContain('44 changed (37 committed, 5 rolled back, 2 not known)');
    expect(text).toContain('**Statements:** 3, 1 denied');
    expect(text).toContain('The last 1 of 3 statements:');
  });
  it('lets nothing in a name, a reason or a text be Markdown', () => {
    const text = summaryText(
      summary({
        reason: '<img src=x> *now* [a](b)',
        tables: ['a`b'],
        recent: [
          statement({ text: "select '```'\n-- ```sql\n<script>", port: true, result: 'error', sqlstate: '42601' }),
        ],
      }),
    );
    expect(text).toContain('- **Why:** \\<img src=x\\> \\*now\\* \\[a\\](b)');
    expect(text).toContain('``a`b``');
    expect(text).toContain(
      "1. error 42601 · 1.2 ms · local port · ledger 41\n   ````sql\n   select '```'\n   -- ```sql\n   <script>\n   ````",
    );
  });
  it('lets no text end its own quotation, mention anybody, link anywhere or turn what stands beside it', () => {
    const text = summaryText(
      summary({
        reason: '@everyone see https://evil.example, www.evil.example &lt;b&gt; ![x](y) \u202egnp.exe\u0000',
        recent: Array.from({ length: 10 }, () => statement({ text: 'select 1 /*\r# Heading\u2028<img src=x>\r\n*/' })),
      }),
    );
    expect(text).toContain(
      '- **Why:** \\@everyone see https\\://evil.example, www\\.evil.example \\&lt;b\\&gt; \\!\\[x\\](y) \\[U+202E\\]gnp.exe\u2400',
    );
    expect(text).toContain(
      '9. SELECT 1 · 1.2 ms · ledger 41\n   ```sql\n   select 1 /*\u240d# Heading[U+2028]<img src=x>\n   */',
    );
    expect(text).toContain('10. SELECT 1 · 1.2 ms · ledger 41\n    ```sql\n    select 1');
    expect(text.split(/[\r\n\u2028]/)).not.toContain('# Heading');
  });
  it('cuts what a ticket cannot hold, and says so', () => {
    const many = Array.from({ length: 60 }, () => statement({ text: 'x'.repeat(3000), ledger_index: null }));
    const text = summaryText(summary({ statements: 60, recent: many }));
    expect(text).toContain('The last 50 of 60 statements:');
    expect(text).toContain(`${'x'.repeat(2000)} …`);
    expect(text).toContain('not in the ledger yet');
    expect(summaryText(summary({ recent: [], statements: 0 }))).toContain('No statement was sent.');
  });
});
