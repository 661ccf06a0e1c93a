/** The schema as a flat list of visible lines: what is open, what matches the search, how deep. Pure. */
import type { SchemaTable } from '../../shared/ipc.ts';
import { sqlName } from '../editor/positions.ts';

type SchemaColumn = SchemaTable['columns'][number];
export type Node =
  | {
      readonly kind: 'schema';
      readonly key: string;
      readonly name: string;
      readonly open: boolean;
      readonly tables: number;
    }
  | { readonly kind: 'table'; readonly key: string; readonly table: SchemaTable; readonly open: boolean }
  | { readonly kind: 'column'; readonly key: string; readonly table: SchemaTable; readonly column: SchemaColumn };

export const level = (node: Node): number => ({ schema: 1, table: 2, column: 3 })[node.kind];

/**
 * Lines to show. `toggled` holds the keys whose state differs from the default: schemas are open, tables are shut.
 * While searching, a table stands open when one of its columns matches.
 */
export function visible(tables: readonly SchemaTable[], toggled: ReadonlySet<string>, search: string): Node[] {
  const words = search
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const matches = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const nodes: Node[] = [];
  const schemas = new Map<string, SchemaTable[]>();
  for (const table of tables) {
    const list = schemas.get(table.schema);
    if (list === undefined) schemas.set(table.schema, [table]);
    else list.push(table);
  }
  for (const [name, all] of schemas) {
    const found = all.flatMap((table) => {
      const full = `${table.schema}.${table.name}`;
      const columns =
        words.length === 0 ? [] : table.columns.filter((c) => matches(`${full}.${c.name}`) && !matches(full));
      return words.length === 0 || matches(full) || columns.length > 0 ? [{ table, columns }] : [];
    });
    if (words.length > 0 && found.length === 0) continue;
    const key = `s:${name}`;
    const open = !toggled.has(key);
    nodes.push({ kind: 'schema', key, name, open, tables: found.length });
    if (!open) continue;
    for (const { table, columns } of found) {
      const tableKey = `t:${name}.${table.name}`;
      const byColumn = columns.length > 0;
      const tableOpen = byColumn || toggled.has(tableKey);
      nodes.push({ kind: 'table', key: tableKey, table, open: tableOpen });
      if (!tableOpen) continue;
      for (const column of byColumn ? columns : table.columns) {
        nodes.push({ kind: 'column', key: `c:${name}.${table.name}.${column.name}`, table, column });
      }
    }
  }
  return nodes;
}

/** What Enter puts into the editor; null for a schema, which opens instead. */
export function inserted(node: Node): string | null {
  if (node.kind === 'schema') return null;
  if (node.kind === 'table') return `${sqlName(node.table.schema)}.${sqlName(node.table.name)}`;
  return sqlName(node.column.name);
}

/** What this grant allows on a table, in words; null when there is nothing special to say. */
export function allowance(table: SchemaTable): string | null {
  if (table.select === 'none' && !table.writes) return 'not in this grant';
  if (table.select !== 'some') return null;
  const allowed = table.columns.filter((column) => column.allowed).length;
  return `${allowed} of ${table.columns.length} columns`;
}

export type TreeMove = { readonly to: number } | { readonly toggle: string } | { readonly insert: string } | null;

/** What a key does in the tree (WAI-ARIA tree view pattern). */
export function press(nodes: readonly Node[], index: number, key: string, page: number): TreeMove {
  const node = nodes[index];
  if (node === undefined) return nodes.length > 0 ? { to: 0 } : null;
  const last = nodes.length - 1;
  const clamp = (to: number): TreeMove => ({ to: Math.max(0, Math.min(last, to)) });
  switch (key) {
    case 'ArrowDown':
      return clamp(index + 1);
    case 'ArrowUp':
      return clamp(index - 1);
    case 'PageDown':
      return clamp(index + page);
    case 'PageUp':
      return clamp(index - page);
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: last };
    case 'ArrowRight':
      if (node.kind === 'column') return null;
      return node.open ? clamp(index + 1) : { toggle: node.key };
    case 'ArrowLeft': {
      if (node.kind !== 'column' && node.open) return { toggle: node.key };
      const parent = nodes.findLastIndex((other, i) => i < index && level(other) < level(node));
      return parent < 0 ? null : { to: parent };
    }
    case 'Enter': {
      const text = inserted(node);
      return text === null ? { toggle: node.key } : { insert: text };
    }
    default:
      return null;
  }
}
