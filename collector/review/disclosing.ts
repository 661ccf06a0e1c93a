/** Opening the sealed full text of one statement: the record of who and why comes first, then the text. (I4, I8) */
import type { z } from 'zod';
import type { disclosure } from '../../shared/api.ts';
import { openCommitment } from '../../shared/audit/commitment.ts';
import type { CollectorDeps } from '../deps.ts';
import type { Actor } from '../grants/machine.ts';
import { primitives } from '../keys.ts';
import { problem } from '../server/problem.ts';
import { recordOf } from './records.ts';

type DisclosingDeps = Pick<CollectorDeps, 'store' | 'ledger' | 'seals'>;

async function intentOf({ store }: Pick<DisclosingDeps, 'store'>, id: string) {
  const row = await store
    .selectFrom('ledger_entries')
    .select('line')
    .where('intent', '=', id)
    .where('typ', '=', 'intent')
    .executeTakeFirst();
  const record = row === undefined ? null : recordOf(row.line);
  if (record?.typ !== 'intent')
    throw problem(404, 'not_found', 'There is no such statement', { hint: 'Open it from the timeline of its grant.' });
  return record;
}

/** Throws 404 where no text is held (any more); nothing is recorded then. */
export async function openStatement(
  { store, ledger, seals }: DisclosingDeps,
  id: string,
  by: Actor,
  reason: string,
): Promise<z.infer<typeof disclosure>> {
  const asked = await intentOf({ store }, id);
  const held = await seals.held([id, ...(asked.of === null ? [] : [asked.of])]);
  // The text of an Execute may be held with its Parse.
  const from = held.has(id) || asked.of === null || !held.has(asked.of) ? id : asked.of;
  if (!held.has(from))
    throw problem(404, 'not_held', 'The full text of this statement is not held here', {
      detail: 'The device has not sent it, or it was erased. The proofs do not depend on it.',
    });
  const intent = from === id ? asked : await intentOf({ store }, from);
  await ledger.append([{ typ: 'disclosure', gid: intent.gid, by, of: from, reason }]);
  const sealed = await seals.open(from);
  if (sealed === null || intent.sql === null)
    throw problem(404, 'not_held', 'The full text of this statement is not held here (any more)');
  return {
    sql: openCommitment('sql', intent.sql, sealed.sql, primitives),
    parameters:
      sealed.par === null || intent.par === null
        ? null
        : [...openCommitment('par', intent.par, sealed.par, primitives)],
  };
}
