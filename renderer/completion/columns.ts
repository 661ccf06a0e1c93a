/** Columns: of a source that is named, of all in scope, of a list that takes nothing else. */
import { sqlName } from '../../shared/sql/names.ts';
import type { CatalogueIndex } from './catalogue.ts';
import { items } from './clauses.ts';
import { NOT_ALLOWED, type Offer, offer, rankOf, WEIGHT } from './offer.ts';
import { type Arm, type Column, outputs, type Scope, type Source } from './scope.ts';
import { isName, type Node } from './tree.ts';

function* column(
  one: Column,
  label: string,
  insert: string,
  typed: string,
  weight: number,
  order: number,
): Generator<Offer> {
  // `i` finds `o.id` as well as `o` does.
  const name = typed.includes('.') ? label : one.name;
  yield* offer(name, typed, { weight, allowed: one.allowed, order }, () => ({
    label,
    kind: 'column',
    insert,
    snippet: false,
    detail: one.allowed ? (one.type ?? '') : NOT_ALLOWED,
    about: one.comment,
    allowed: one.allowed,
  }));
}

/** Behind `o.`. */
export function* columnsOfSource(source: Pick<Source, 'columns'>, typed: string): Generator<Offer> {
  for (const [i, one] of source.columns.entries())
    yield* column(one, one.name, sqlName(one.name), typed, WEIGHT.column, i);
}

/** Of everything that is in scope; with the source's name where several have one of that name. */
export function* columnsInScope({ levels }: Scope, typed: string): Generator<Offer> {
  const seen = new Set<string>();
  for (const [depth, sources] of levels.entries()) {
    const count = new Map<string, number>();
    for (const { name } of sources.flatMap(({ columns }) => columns)) count.set(name, (count.get(name) ?? 0) + 1);
    let order = 0;
    for (const source of sources)
      for (const one of source.columns) {
        order++;
        const qualified = source.name !== '' && ((count.get(one.name) ?? 0) > 1 || seen.has(one.name));
        const label = qualified ? `${source.name}.${one.name}` : one.name;
        const insert = qualified ? `${sqlName(source.name)}.${sqlName(one.name)}` : sqlName(one.name);
        yield* column(one, label, insert, typed, depth === 0 ? WEIGHT.column : WEIGHT.outer, order);
      }
    for (const name of count.keys()) seen.add(name);
  }
}

/** Names that the select list gives, for ORDER BY and GROUP BY. */
export function* outputNames(arm: Arm, typed: string, weight: number): Generator<Offer> {
  const list = arm.clauses.find(({ name }) => name === 'select');
  if (list === undefined) return;
  const known = new Set(arm.sources.flatMap(({ columns }) => columns.map(({ name }) => name)));
  for (const item of items(arm.nodes.slice(list.from, list.to)))
    for (const one of outputs(item, arm.sources))
      if (!known.has(one.name))
        yield* column({ ...one, type: one.type ?? 'of this query' }, one.name, sqlName(one.name), typed, weight, 0);
}

/** For a list of columns, without those that it has already; `shared`: only those that another source has too. */
export function* columnList(
  sources: readonly Source[],
  shared: boolean,
  nodes: readonly Node[],
  typed: string,
): Generator<Offer> {
  const [first, ...others] = sources;
  const written = new Set(nodes.flatMap((node) => (isName(node) ? [node.name] : [])));
  for (const [i, one] of first?.columns.entries() ?? []) {
    if (written.has(one.name)) continue;
    if (shared && !others.some(({ columns }) => columns.some(({ name }) => name === one.name))) continue;
    yield* column(one, one.name, sqlName(one.name), typed, WEIGHT.column, i);
  }
}

/** Where the text does not say yet what it reads. */
export function* columnsAnywhere(index: CatalogueIndex, typed: string): Generator<Offer> {
  if (typed === '') return;
  for (const [{ column: one, tables }, how] of index.columns.matching(typed)) {
    const [table] = tables;
    const more = tables.length - 1;
    yield {
      rank: rankOf(how, { weight: WEIGHT.anyColumn, allowed: one.allowed, order: one.name.length }),
      item: () => ({
        label: one.name,
        kind: 'column',
        insert: sqlName(one.name),
        snippet: false,
        detail: one.allowed ? `${table?.name ?? ''}${more > 0 ? ` and ${more} more` : ''}` : NOT_ALLOWED,
        about: one.comment,
        allowed: one.allowed,
      }),
    };
  }
}

/** The names of what is in scope, to put a dot behind. */
export function* sourceNames({ levels }: Scope, typed: string): Generator<Offer> {
  for (const source of levels.flat())
    if (source.name !== '')
      yield* offer(source.name, typed, { weight: WEIGHT.alias }, () => ({
        label: source.name,
        kind: 'alias',
        insert: sqlName(source.name),
        snippet: false,
        detail: source.table === null ? 'in this query' : `${source.table.schema}.${source.table.name}`,
        about: source.table?.comment ?? null,
        allowed: true,
      }));
}
