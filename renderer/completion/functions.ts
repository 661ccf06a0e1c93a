/** Functions of the database and those that are part of the language, and types. */
import { sqlName } from '../../shared/sql/names.ts';
import { type CatalogueIndex, type Overloads, written } from './catalogue.ts';
import { type Item, NOT_ALLOWED, type Offer, offer, rankOf, WEIGHT } from './offer.ts';

/** What most queries use; the catalog has thousands. */
const USUAL = new Set(
  `count sum min max avg now date_trunc lower upper length round trim substring replace concat string_agg array_agg json_agg jsonb_agg
  to_char row_number rank dense_rank lag lead first_value generate_series unnest jsonb_build_object pg_size_pretty pg_sleep random
  abs floor ceil age left right split_part regexp_replace format bool_or bool_and percentile_cont jsonb_array_elements`.split(
    /\s+/,
  ),
);

/** With a grammar of their own, so in no catalog. */
export const SPECIAL: Readonly<Record<string, readonly [signature: string, insert: string, about: string]>> = {
  coalesce: ['coalesce(value, ...)', 'coalesce($0)', 'The first argument that is not null.'],
  nullif: ['nullif(a, b)', 'nullif($0)', 'Null where both are equal, else the first.'],
  greatest: ['greatest(value, ...)', 'greatest($0)', 'The largest argument.'],
  least: ['least(value, ...)', 'least($0)', 'The smallest argument.'],
  extract: [
    'extract(field from source)',
    `extract(\${1:epoch} from $0)`,
    'A part of a date or time, such as epoch, hour or dow.',
  ],
  cast: ['cast(value as type)', `cast($1 as \${2:text})$0`, 'The value as another type.'],
  position: ['position(part in text)', `position($1 in $2)$0`, 'Where a text begins in another, from 1.'],
  grouping: ['grouping(column, ...)', 'grouping($0)', 'Which columns a row of a grouping set leaves out.'],
};

export function* functions(
  index: CatalogueIndex,
  typed: string,
  schema: string | null,
  open: boolean,
  sets = false,
): Generator<Offer> {
  for (const [one, how] of index.functions.matching(typed)) {
    if (schema !== null ? one.schema !== schema : one.schema === 'information_schema') continue;
    if (sets && !one.all.some(({ set }) => set)) continue;
    if (one.all.every(({ kind }) => kind === 'procedure')) continue;
    const allowed = one.all.some((overload) => overload.allowed);
    const usual = USUAL.has(one.name) && index.system(one.schema);
    const weight = usual ? WEIGHT.usualFunction : WEIGHT.function;
    const rank = rankOf(how, { weight, allowed, order: one.name.length });
    yield { rank, item: () => functionItem(index, one, schema !== null, open, allowed) };
  }
  if (schema !== null || sets) return;
  for (const [name, [signature, insert, about]] of Object.entries(SPECIAL))
    yield* offer(name, typed, { weight: WEIGHT.usualFunction, order: name.length }, () => ({
      label: name,
      kind: 'function',
      insert: open ? name : insert,
      snippet: !open,
      detail: signature.slice(name.length),
      about,
      allowed: true,
    }));
}

function functionItem(
  index: CatalogueIndex,
  one: Overloads,
  qualified: boolean,
  open: boolean,
  allowed: boolean,
): Item {
  const [first] = one.all;
  const name = qualified ? sqlName(one.name) : calledAs(index, one);
  const takesNothing = one.all.every((overload) => overload.arguments.length === 0);
  const call = takesNothing ? `${escaped(name)}()$0` : `${escaped(name)}($0)`;
  const more = one.all.length > 1 ? ` +${one.all.length - 1}` : '';
  return {
    label: one.name,
    kind: 'function',
    insert: open ? name : call,
    snippet: !open,
    detail: allowed ? `(${first?.arguments.join(', ') ?? ''}) ${first?.result ?? ''}${more}`.trim() : NOT_ALLOWED,
    about: first?.comment ?? null,
    allowed,
  };
}

/** A function may have a name that a column may not: `left`, `right`. */
const calledAs = (index: CatalogueIndex, one: Overloads): string =>
  index.system(one.schema) && /^[a-z_][a-z0-9_]*$/.test(one.name) ? one.name : written(index, one);

/** In a snippet a dollar begins a place. */
const escaped = (text: string): string => text.replaceAll(/[\\$}]/g, '\\$&');

const SHORT_TYPES: Readonly<Record<string, string>> = {
  int: 'integer',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  time: 'time without time zone',
  varchar: 'character varying',
  float8: 'double precision',
  decimal: 'numeric',
  bool: 'boolean',
};

export function* types(index: CatalogueIndex, typed: string, schema: string | null): Generator<Offer> {
  for (const { schema: of, name, comment, labels } of index.types) {
    if (schema !== null && of !== schema) continue;
    const system = index.system(of);
    yield* offer(name, typed, { weight: system ? 6 : WEIGHT.first, order: name.length }, () => ({
      label: name,
      kind: 'type',
      insert: system ? name : schema === null ? written(index, { schema: of, name }) : sqlName(name),
      snippet: false,
      detail: labels.length > 0 ? labels.join(', ') : system ? '' : of,
      about: comment,
      allowed: true,
    }));
  }
  if (schema !== null) return;
  for (const [name, whole] of Object.entries(SHORT_TYPES))
    yield* offer(name, typed, { weight: 5, order: name.length }, () => ({
      label: name,
      kind: 'type',
      insert: name,
      snippet: false,
      detail: whole,
      about: null,
      allowed: true,
    }));
}
