/** What a spec reads of the collector behind the story, and the policy it puts in force there. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import pg from 'pg';
import type { Stack } from '../../dev/stack/index.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';

/** The records of the ledger whose envelopes a query answers with, each in a column `line`. */
export async function readRecords<T>(stack: Stack, query: string, values: readonly unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: stack.postgres.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ line: string }>(query, [...values]);
    // Cast: the test reads single fields and compares them.
    return rows.map(({ line }) => openEnvelope(line).record as T);
  } finally {
    await client.end();
  }
}

/** Resolves when this policy is in force: the collector records every change. */
export async function setPolicy(stack: Stack, text: string): Promise<void> {
  writeFileSync(stack.policyPath, text);
  const hash = createHash('sha256').update(text).digest('base64url');
  const newest = "select line from ledger_entries where typ = 'policy' order by index desc limit 1";
  await expect(async () => {
    expect((await readRecords<{ policy: string }>(stack, newest))[0]?.policy).toBe(hash);
  }).toPass({ timeout: 30_000 });
}
