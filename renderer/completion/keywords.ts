/** Words by the place that they belong to, the likeliest first, and the case in which this text has them. */
import type { ClauseName } from './clauses.ts';
import type { Token } from './tokens.ts';

const list = (text: string): readonly string[] => text.split(',').map((word) => word.trim());

export const STATEMENTS = list(
  `select, with, insert into, update, delete from, explain, explain analyze, begin, commit, rollback, create table, create index,
  alter table, drop table, truncate, analyze, vacuum, merge into, values, show, set, savepoint, table, call, copy, grant, revoke,
  comment on, refresh materialized view, reindex, listen, notify, do, lock table`,
);
export const INSIDE = list('select, with, values, insert into, update, delete from, table');

const ENDS = list('union all, union, intersect, except');
const TAIL = list('order by, limit, offset, fetch first, for update, for share, for update skip locked');
const JOINS = list(
  'join, left join, inner join, right join, full join, cross join, left join lateral, cross join lateral, natural join',
);
const OPERATORS = list(
  `and, or, is null, is not null, in, not in, between, like, ilike, not like, not ilike, is distinct from, is not distinct from,
  is, not, similar to, at time zone, collate, any, overlaps`,
);
const CASE = list('when, then, else, end');

/** What may follow an operand, or a relation, in each clause. */
const AFTER: Readonly<Record<ClauseName | 'none', readonly string[]>> = {
  select: [
    'from',
    'as',
    'over',
    'filter',
    'within group',
    ...CASE,
    ...OPERATORS,
    'where',
    'into',
    'group by',
    ...ENDS,
    ...TAIL,
  ],
  from: [
    ...JOINS,
    'where',
    'as',
    'on',
    'using',
    'group by',
    ...TAIL,
    'having',
    'window',
    ...ENDS,
    'tablesample',
    'set',
    ...OPERATORS,
    'returning',
  ],
  using: [
    'on',
    'using',
    'where',
    ...JOINS,
    'as',
    'group by',
    ...TAIL,
    'having',
    ...ENDS,
    'when matched then',
    'when not matched then',
    'returning',
  ],
  where: [...OPERATORS, 'group by', ...TAIL, 'having', 'window', 'returning', ...ENDS, ...CASE],
  'group by': ['having', ...TAIL, 'window', ...ENDS],
  having: [...OPERATORS, ...TAIL, 'window', ...ENDS],
  window: ['order by', 'asc', 'desc', 'nulls first', 'nulls last', 'rows between', 'range between', 'as', ...TAIL],
  'order by': [
    'desc',
    'asc',
    'nulls last',
    'nulls first',
    'limit',
    'offset',
    'fetch first',
    'for update',
    'using',
    'collate',
    ...ENDS,
  ],
  limit: ['offset', 'limit', 'for update', 'rows only', ...ENDS],
  for: list('update, share, nowait, skip locked, of'),
  'set operation': list('all, select'),
  insert: list('values, select, default values, overriding system value, with, as'),
  values: ['on conflict', 'returning', ...TAIL, ...ENDS],
  conflict: list('do nothing, do update set, where'),
  update: list('set, as'),
  set: ['where', 'from', 'returning', ...CASE, ...OPERATORS],
  delete: list('where, using, returning, as'),
  returning: list('as'),
  merge: list('using, as'),
  with: list('as'),
  object: list(
    `add column, drop column, alter column, rename to, rename column, add constraint, drop constraint, owner to, set schema, cascade,
    restrict, restart identity, from, to, is, in, using, where, with`,
  ),
  none: [
    'as',
    ...CASE,
    ...OPERATORS,
    'order by',
    'from',
    'separator',
    'on',
    'to',
    'with',
    'in',
    'table',
    'filter',
    'over',
  ],
};
export const after = (clause: ClauseName | null): readonly string[] => AFTER[clause ?? 'none'];

const VALUES = list(
  `case, not, exists, null, true, false, current_date, current_timestamp, interval, array, cast, date, timestamp, current_user,
  not exists, row, localtime, session_user, any, all`,
);
/** What a value may begin with. */
export function beginnings(clause: ClauseName | null, first: boolean): readonly string[] {
  if (clause === 'select')
    return first ? ['distinct', 'distinct on', ...VALUES, 'select', 'all', 'from'] : [...VALUES, 'select', 'from'];
  if (clause === 'values' || clause === 'set') return ['default', ...VALUES];
  return clause === null ? ['distinct', ...VALUES, 'select'] : [...VALUES, 'select'];
}

const TELLING = new Set(
  'select from where join on and or as with insert into update set delete order group by values'.split(' '),
);
/** What is being typed says it; else the nearest word before it; else the statement's first after it. */
export function inUpperCase(tokens: readonly Token[], at: number, prefix: string): boolean {
  if (prefix.length > 1 && /[a-z]/i.test(prefix)) {
    if (prefix === prefix.toUpperCase()) return true;
    if (prefix === prefix.toLowerCase() && !tokens.some(({ start }) => start < at)) return false;
  }
  const words = tokens.filter(({ kind, name }) => kind === 'word' && TELLING.has(name));
  const word = words.findLast(({ start }) => start < at) ?? words[0];
  return word !== undefined && word.text === word.text.toUpperCase();
}
