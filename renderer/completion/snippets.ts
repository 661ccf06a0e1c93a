/** Pieces of SQL that are always there; people add their own to them. */
export interface Snippet {
  /** What one types. */
  readonly name: string;
  readonly title: string;
  /** With `${1:places}` to fill in, as editors write them. */
  readonly body: string;
}

const place = (n: number, text = '') => `\${${n}${text === '' ? '' : `:${text}`}}`;

export const builtIn: readonly Snippet[] = [
  {
    name: 'sel',
    title: 'Select from a table',
    body: `select ${place(2, '*')}\nfrom ${place(1, 'table')}\nlimit ${place(3, '100')};$0`,
  },
  {
    name: 'selw',
    title: 'Select where',
    body: `select ${place(3, '*')}\nfrom ${place(1, 'table')}\nwhere ${place(2, 'condition')}\nlimit ${place(4, '100')};$0`,
  },
  {
    name: 'cnt',
    title: 'Count by a column',
    body: `select ${place(2, 'column')}, count(*)\nfrom ${place(1, 'table')}\ngroup by 1\norder by 2 desc;$0`,
  },
  {
    name: 'ins',
    title: 'Insert a row',
    body: `insert into ${place(1, 'table')} (${place(2, 'columns')})\nvalues (${place(3, 'values')})\nreturning *;$0`,
  },
  {
    name: 'upd',
    title: 'Update rows',
    body: `update ${place(1, 'table')}\nset ${place(3, 'column')} = ${place(4, 'value')}\nwhere ${place(2, 'condition')};$0`,
  },
  { name: 'del', title: 'Delete rows', body: `delete from ${place(1, 'table')}\nwhere ${place(2, 'condition')};$0` },
  {
    name: 'cte',
    title: 'Common table expression',
    body: `with ${place(1, 'name')} as (\n  select ${place(2, '*')}\n  from ${place(3, 'table')}\n)\nselect *\nfrom ${place(1, 'name')};$0`,
  },
  {
    name: 'ctr',
    title: 'Recursive common table expression',
    body: `with recursive ${place(1, 'name')} as (\n  select ${place(2, 'start')}\n  union all\n  select ${place(3, 'step')}\n  from ${place(1, 'name')}\n)\nselect *\nfrom ${place(1, 'name')};$0`,
  },
  {
    name: 'ups',
    title: 'Insert or update',
    body: `insert into ${place(1, 'table')} (${place(2, 'columns')})\nvalues (${place(3, 'values')})\non conflict (${place(4, 'key')}) do update set ${place(5, 'column')} = excluded.${place(5, 'column')};$0`,
  },
  {
    name: 'act',
    title: 'Who runs what now',
    body: `select pid, usename, state, now() - query_start as since, query\nfrom pg_stat_activity\nwhere state <> 'idle'\norder by since desc;$0`,
  },
];
