/** What the person has set for a target, as a live grant asks for it. The grant's limits are above all of it. */
import type { TransactionMode } from '../../shared/ipc.ts';
import { settingsFor } from '../../shared/settings.ts';
import type { WorkspaceFiles } from '../workspace/index.ts';

/** Each is asked for when it is needed: settings may change while the grant lives. */
export interface Wishes {
  /** How the grant begins. */
  mode(): TransactionMode;
  /** The person's own limit for one statement, ms; null leaves it to the grant. */
  statementTimeoutMs(): number | null;
  /** Rows of a result that the person wants kept. */
  keepRows(): number;
  /** Every write is asked about first, not only the risky ones. */
  confirmsWrites(): boolean;
}

export function wishesOf(
  { settings, transactionMode }: Pick<WorkspaceFiles, 'settings' | 'transactionMode'>,
  target: string,
): Wishes {
  const now = () => settingsFor(settings.read(), target);
  return {
    mode() {
      const { transaction_mode: mode } = now();
      return mode === 'last' ? transactionMode.read() : mode;
    },
    statementTimeoutMs() {
      const { statement_timeout_s: seconds } = now();
      return seconds === null ? null : seconds * 1000;
    },
    keepRows: () => now().result_rows,
    confirmsWrites: () => now().confirm_writes === 'every',
  };
}
