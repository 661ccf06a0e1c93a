/** The kill switch reaches envelopes, too: what is stopped for a person, a device, a target or everybody cannot be opened later. (I3) */
import type { Transaction } from 'kysely';
import type { Actor } from '../grants/machine.ts';
import type { Reach } from '../grants/reach.ts';
import type { NewCollectorRecord } from '../ledger/index.ts';
import type { Database, Store } from '../store/index.ts';
import { type Envelope, next, OPEN_PHASES } from './machine.ts';
import { find, update } from './store.ts';

export interface StoppedEnvelopes {
  readonly envelopes: readonly Envelope[];
  readonly records: readonly NewCollectorRecord[];
}

/** In the stop's own transaction, which holds the ledger: every envelope within reach is withdrawn. */
export async function withdrawReached(
  tx: Transaction<Database>,
  reach: Reach,
  by: Actor,
  at: number,
): Promise<StoppedEnvelopes> {
  if (reach.what === 'grant') return { envelopes: [], records: [] };
  const column = ({ person: 'sub', device: 'jkt', target: 'target' } as const)[
    reach.what === 'everything' ? 'person' : reach.what
  ];
  let query = tx
    .selectFrom('envelopes')
    .select(['doc', 'version'])
    .where('phase', 'in', [...OPEN_PHASES]);
  if (reach.what !== 'everything') query = query.where(column, '=', reach.id);
  const envelopes: Envelope[] = [];
  const records: NewCollectorRecord[] = [];
  for (const { doc, version } of await query.orderBy('id').forUpdate().execute()) {
    const step = next(doc, { type: 'withdraw', at, by, reason: `Stopped by ${by.name}.` });
    if (step.kind !== 'moved') continue;
    await update(tx, step.envelope, version, at);
    envelopes.push(step.envelope);
    records.push(...step.records);
  }
  return { envelopes, records };
}

/** After the commit: their roles go. */
export async function cleanStopped(
  store: Store,
  { envelopes }: StoppedEnvelopes,
  clean: (envelope: Envelope) => Promise<void>,
): Promise<void> {
  await Promise.all(
    envelopes.map(async ({ id }) => {
      const found = await find(store, id);
      if (found !== null) await clean(found.envelope);
    }),
  );
}
