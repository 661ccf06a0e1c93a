/** The policy in force is in the ledger: one `policy` record at every change, so that each grant's hash can be placed. (I4) */
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { policyRecord } from '../../shared/audit/records.ts';
import type { Policy, PolicyKeeper } from '../policy/index.ts';
import type { Store } from '../store/index.ts';
import type { Ledger } from './index.ts';

interface Parts {
  readonly store: Store;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly policy: Pick<PolicyKeeper, 'current' | 'onChange'>;
  now(): Date;
}

/** Records the policy of this start when it differs from the last recorded one, and every change from then on. */
export async function recordPolicy({ store, ledger, policy, now }: Parts): Promise<void> {
  const record = async (current: Policy): Promise<void> => {
    const newest = await store
      .selectFrom('ledger_entries')
      .select('line')
      .where('typ', '=', 'policy')
      .orderBy('index', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (newest !== undefined && policyRecord.parse(openEnvelope(newest.line).record).policy === current.hash) return;
    await ledger.append([{ typ: 'policy', gid: null, policy: current.hash }], async (tx) => {
      await tx
        .insertInto('policies')
        .values({ hash: current.hash, body: current.text, at: now() })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
  };
  policy.onChange(record);
  await record(policy.current());
}
