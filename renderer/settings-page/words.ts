/** What the live grant has to say about a setting. Pure. */
import type { Limits } from '../../shared/grants.ts';
import { count, took } from '../words/format.ts';

/** Empty where no grant is live, or where it does not limit the setting. */
export function limitWords(key: string, limits: Limits | null): string {
  if (limits === null) return '';
  if (key === 'statement_timeout_s') return `This grant allows ${took(limits.statement_timeout_ms)}.`;
  if (key === 'result_rows') return `This grant allows ${count(limits.max_rows)}.`;
  return '';
}
