/** What a comparison says about itself. Pure. */
import type { Comparison } from '../../../shared/ipc-results.ts';
import { MOST_COMPARED } from '../../../shared/results.ts';
import { count, plural } from '../../words/format.ts';

/** `5 changed, 4 added, 4 removed, 30 the same`; nothing where the columns differ. */
export function countsOf({ marked, changed, added, removed, same }: Comparison): string {
  if (!marked) return '';
  if (changed + added + removed === 0) return `No difference: ${plural(same, 'row')}`;
  return `${count(changed)} changed, ${count(added)} added, ${count(removed)} removed, ${count(same)} the same`;
}

/** What has to be known to read it rightly; null where there is nothing. */
export function caveatOf(found: Comparison, stored: readonly [left: number, right: number]): string | null {
  const parts: string[] = [];
  if (!found.marked)
    parts.push('The columns differ: rows stand beside each other by their place, and nothing is marked.');
  if (found.left_rows < stored[0] || found.right_rows < stored[1])
    parts.push(`Only the first ${count(MOST_COMPARED)} rows of each were compared.`);
  if (found.repeated > 0)
    parts.push(`${plural(found.repeated, 'row')} with the key of a row before; those are paired in their order.`);
  return parts.length === 0 ? null : parts.join(' ');
}
