/** From a text and a cursor to what is offered there, in order. */
import type { CatalogueIndex } from './catalogue.ts';
import * as columns from './columns.ts';
import { functions, types } from './functions.ts';
import * as keywords from './keywords.ts';
import { type Item, type Offer, offer, WEIGHT } from './offer.ts';
import * as relations from './relations.ts';
import { type Scope, type Source, scopeAt } from './scope.ts';
import { builtIn, type Snippet } from './snippets.ts';
import { isSymbol, isWord, type Place, placeOf } from './tree.ts';
import { type Wanted, type Where, whereOf } from './where.ts';

export interface Completion {
  readonly items: readonly Item[];
  /** What a chosen item replaces, UTF-16 in the text. */
  readonly start: number;
  readonly end: number;
  /** Worth showing before a letter is typed: there is little else that could stand here. */
  readonly eager: boolean;
}
/** More cannot be looked through by eye; typing on asks again. */
const MOST = 200;

interface Asked {
  readonly index: CatalogueIndex;
  readonly place: Place;
  readonly scope: Scope;
  readonly wanted: Wanted;
  readonly typed: string;
  readonly upper: boolean;
  readonly snippets: readonly Snippet[];
}

/** Null where nothing is to be completed: in a comment, a string, a number, a name that is being invented. */
export function complete(
  text: string,
  cursor: number,
  index: CatalogueIndex,
  own: readonly Snippet[] = [],
): Completion | null {
  const place = placeOf(text, cursor);
  if (place === null) return null;
  const scope = scopeAt(place.level, place.start, index);
  const wanted = whereOf(place, scope);
  if (wanted.where.kind === 'nothing') return null;
  const upper = keywords.inUpperCase(place.tokens, place.start, place.prefix);
  const asked = { index, place, scope, wanted, typed: place.prefix, upper, snippets: [...own, ...builtIn] };
  const items = once(best(offersAt(asked)).map(({ item }) => item()));
  const only = place.quoted ? items.filter(({ kind }) => NAMES.has(kind)).map(inQuotes) : items;
  return {
    items: only,
    start: place.start,
    end: place.end,
    eager: EAGER.has(wanted.where.kind) || wanted.chain.length > 0,
  };
}

/** The best of them, in order; of thousands most are turned away at once. */
function best(offers: Iterable<Offer>): Offer[] {
  let kept: Offer[] = [];
  let worst = Number.POSITIVE_INFINITY;
  const tidy = () => {
    kept = kept.sort((a, b) => a.rank - b.rank).slice(0, MOST);
    if (kept.length === MOST) worst = kept.at(-1)?.rank ?? worst;
  };
  for (const one of offers) {
    if (one.rank >= worst) continue;
    kept.push(one);
    if (kept.length === 2 * MOST) tidy();
  }
  tidy();
  return kept;
}

const EAGER: ReadonlySet<Where['kind']> = new Set(['relation', 'condition', 'columns', 'type']);
const NAMES: ReadonlySet<Item['kind']> = new Set(['column', 'table', 'view', 'schema', 'alias', 'type']);
/** Somebody has begun with a quote, so the name gets its quotes, and nothing before them. */
const inQuotes = (item: Item): Item => ({ ...item, insert: `"${item.label.replaceAll('"', '""')}"` });

function once(items: readonly Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter(({ label, kind }) => {
    const key = `${kind}:${label}`;
    return !seen.has(key) && seen.add(key).size > 0;
  });
}

function* offersAt(asked: Asked): Generator<Offer> {
  const { index, place, scope, wanted, typed, upper } = asked;
  const { where, chain } = wanted;
  if (chain.length > 0) return yield* behindDot(asked, where, chain);
  switch (where.kind) {
    case 'statement':
      yield* words(where.inside ? keywords.INSIDE : keywords.STATEMENTS, asked, WEIGHT.first);
      if (!where.inside) yield* snippets(asked);
      return;
    case 'relation':
      if (where.join) yield* relations.wholeJoins(index, where.before, typed, null, upper);
      yield* relations.commons(scope, typed);
      yield* relations.tables(index, typed, null);
      yield* relations.schemas(index, typed);
      if (!where.reads) return;
      yield* words(['lateral', 'only'], asked, WEIGHT.schema);
      return yield* functions(index, typed, null, isOpen(place), true);
    case 'alias':
      if (where.source !== null && !where.source.aliased)
        yield* relations.aliases(where.source, scope.arm.sources, typed);
      return yield* words(keywords.after(where.clause), asked, WEIGHT.column);
    case 'condition':
      if (where.joined !== null) yield* relations.conditions(index, where.joined, where.before, typed);
      return yield* values(asked, { kind: 'value', clause: 'from', first: false });
    case 'columns':
      return yield* columns.columnList(
        where.sources,
        where.shared,
        place.level.parent === null ? [] : place.level.nodes,
        typed,
      );
    case 'type':
      yield* types(index, typed, null);
      return yield* relations.schemas(index, typed);
    case 'words':
      return yield* words(where.words, asked, WEIGHT.first);
    case 'after':
      return yield* words(keywords.after(where.clause), asked, WEIGHT.first);
    case 'value':
      return yield* values(asked, where);
    case 'nothing':
  }
}

function* values(asked: Asked, where: Extract<Where, { kind: 'value' }>): Generator<Offer> {
  const { index, place, scope, typed } = asked;
  if (isWord(place.level.before.at(-1), 'case')) yield* words(['when'], asked, WEIGHT.first);
  yield* columns.columnsInScope(scope, typed);
  // A sum cannot be grouped by, so there the table's own columns come before.
  if (where.clause === 'order by') yield* columns.outputNames(scope.arm, typed, WEIGHT.output);
  if (where.clause === 'group by') yield* columns.outputNames(scope.arm, typed, WEIGHT.alias);
  yield* columns.sourceNames(scope, typed);
  yield* functions(index, typed, null, isOpen(place));
  yield* words(keywords.beginnings(where.clause, where.first), asked, WEIGHT.keyword);
  if (scope.levels.every((sources) => sources.length === 0)) yield* columns.columnsAnywhere(index, typed);
  if (typed !== '') yield* relations.schemas(index, typed);
}

function* behindDot(
  { index, place, scope, typed, upper }: Asked,
  where: Where,
  chain: readonly string[],
): Generator<Offer> {
  const [schema = ''] = chain;
  const isSchema = chain.length === 1 && index.schemas.some(({ name }) => name === schema);
  if (where.kind === 'relation') {
    if (!isSchema) return;
    if (where.join) yield* relations.wholeJoins(index, where.before, typed, schema, upper);
    yield* relations.tables(index, typed, schema);
    if (where.reads) yield* functions(index, typed, schema, isOpen(place), true);
    return;
  }
  if (where.kind === 'type') return yield* types(index, typed, schema);
  const source = named(scope, chain);
  if (source !== null) return yield* columns.columnsOfSource(source, typed);
  if (!isSchema) return;
  yield* relations.tables(index, typed, schema);
  yield* functions(index, typed, schema, isOpen(place));
}

/** The source that `o`, or `shop.orders`, means. */
export function named(scope: Scope, chain: readonly string[]): Source | null {
  const name = chain.at(-1);
  const schema = chain.at(-2);
  for (const sources of scope.levels)
    for (const source of sources)
      if (source.name === name && (schema === undefined || source.table?.schema === schema)) return source;
  return name === 'excluded' && schema === undefined ? scope.arm.target : null;
}

function* words(all: readonly string[], { typed, upper }: Asked, weight: number): Generator<Offer> {
  for (const [i, word] of all.entries())
    yield* offer(word, typed, { weight: weight + i / 100 }, () => {
      const label = upper ? word.toUpperCase() : word;
      return { label, kind: 'keyword', insert: label, snippet: false, detail: '', about: null, allowed: true };
    });
}

function* snippets({ snippets: all, typed }: Asked): Generator<Offer> {
  for (const { name, title, body } of all)
    yield* offer(name, typed, { weight: WEIGHT.common }, () => ({
      label: name,
      kind: 'snippet',
      insert: body,
      snippet: true,
      detail: title,
      about: null,
      allowed: true,
    }));
}

/** A parenthesis stands there already. */
const isOpen = ({ next, end }: Place): boolean => next !== null && isSymbol(next, '(') && next.start <= end + 1;
