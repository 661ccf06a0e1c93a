/** What an approver left out of what was asked for, in one sentence each; read by approver and engineer alike. Pure. */
import type { RequestView } from './api.ts';
import type { Scope } from './grants.ts';
import { tableName } from './narrow.ts';

interface Given {
  readonly minutes?: number | undefined;
  readonly scope?: string | undefined;
  readonly without?: readonly string[] | undefined;
}
interface Asked {
  readonly minutes: number;
  readonly scope: Scope;
}

/** `payments`, or with its schema where another table has the same name. */
function shortName(name: string, { tables }: Scope): string {
  const found = tables.find((table) => tableName(table) === name);
  if (found === undefined || tables.some((table) => table !== found && table.table === found.table)) return name;
  return found.table;
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** `20 of the 45 minutes, without table payments`; null where all of it is given. */
export function lessWords(given: Given, asked: Asked): string | null {
  const { minutes, scope, without = [] } = given;
  if (minutes === undefined && scope === undefined && without.length === 0) return null;
  const all = `${asked.minutes} ${asked.minutes === 1 ? 'minute' : 'minutes'}`;
  const parts = [minutes === undefined ? `all ${all}` : `${minutes} of the ${all}`];
  if (scope !== undefined) parts.push(`with ${scope} in place of ${asked.scope.label}`);
  if (without.length > 0) {
    const names = without.map((name) => shortName(name, asked.scope));
    parts.push(`without ${names.length === 1 ? 'table' : 'tables'} ${listed(names)}`);
  }
  return parts.join(', ');
}

/** One sentence for each approver who gave less: `Li Na gave 20 of the 45 minutes, without table payments`. */
export function givenLess(request: Pick<RequestView, 'approvals' | 'asked'>): string[] {
  const { asked } = request;
  if (asked === undefined) return [];
  return request.approvals.flatMap((approval) => {
    const words = lessWords(approval, asked);
    return words === null ? [] : [`${approval.name} gave ${words}`];
  });
}
