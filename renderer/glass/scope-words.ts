/** What a scope allows, in words. Pure. */
import type { Environment, Scope, TableScope } from '../../shared/grants.ts';
import { writes } from '../../shared/narrow.ts';
import { plural } from '../words/format.ts';

/** As `EVERY_TABLE` of shared/grants.ts, whose schemas stay out of the page. */
const EVERY_TABLE = '*';

export const environmentWord: Readonly<Record<Environment, string>> = {
  production: 'Production',
  staging: 'Staging',
  development: 'Development',
};
export const environmentKind = (environment: Environment): string =>
  environment === 'production' ? 'danger' : environment === 'staging' ? 'warn' : '';

/** `7 tables`, `everything in shop`, `everything in shop and 2 tables`. */
export function tablesWords(tables: readonly TableScope[]): string {
  const whole = tables.flatMap(({ schema, table }) => (table === EVERY_TABLE ? [`everything in ${schema}`] : []));
  const named = tables.length - whole.length;
  return [...new Set(whole), ...(named > 0 || whole.length === 0 ? [plural(named, 'table')] : [])].join(' and ');
}

/** `Read · 7 tables`; while it may write: `Write · orders`, `Write · orders, payments`, `Write · 4 tables`. */
export function scopeChip(scope: Scope, mode: 'read' | 'write'): string {
  if (scope.owner !== undefined) return `Schema · ${scope.owner}`;
  if (mode === 'read') return `Read · ${plural(scope.tables.length, 'table')}`;
  const written = scope.tables.filter(writes).map((table) => table.table);
  if (written.length === 0) return 'Write';
  return `Write · ${written.length <= 2 ? written.join(', ') : plural(written.length, 'table')}`;
}

/** `shop.orders, shop.customers (3 columns)`: for the tooltip of the chip. */
export function scopeDetail(scope: Scope): string {
  return scope.tables
    .map((table) => {
      const some =
        table.select !== undefined && table.select !== '*' ? ` (${plural(table.select.length, 'column')})` : '';
      return `${table.schema}.${table.table}${some}${writes(table) ? ', writes' : ''}`;
    })
    .join('\n');
}
