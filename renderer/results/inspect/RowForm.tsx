/**
 * One row as a form: every column with its type and value, filtered by name, copied as JSON or INSERT, and the ways along
 * the foreign keys of the column that is marked. Arrow keys go from column to column, Page Up and Page Down from row to row.
 */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { visibleText } from '../../../shared/visible.ts';
import { ask, type UserError } from '../../bridge.ts';
import { Problem } from '../../ui/Problem.tsx';
import { plural } from '../../words/format.ts';
import type { InspectorProps } from './Inspector.tsx';
import { KeyLinks } from './KeyLinks.tsx';

type Cells = readonly (string | null)[];

export function RowForm(props: InspectorProps) {
  const { bridge, result, columns, cell } = props;
  const [filter, setFilter] = useState('');
  const [cells, setCells] = useState<Cells | null>(null);
  const [problem, setProblem] = useState<UserError | null>(null);
  const { id } = result;
  const { row } = cell;
  useEffect(() => {
    let gone = false;
    void ask(bridge.getRows({ result: id, offset: row, count: 1 })).then((answer) => {
      if (gone) return;
      setProblem(answer.ok ? null : answer.error);
      if (answer.ok) setCells(answer.value[0] ?? null);
    });
    return () => {
      gone = true;
    };
  }, [bridge, id, row]);
  const wanted = filter.trim().toLowerCase();
  const fields = columns
    .map((column, n) => ({ ...column, n }))
    .filter(({ name }) => name.toLowerCase().includes(wanted));
  const list = useRef<HTMLDListElement>(null);
  const { column } = cell;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark is on another column then
  useEffect(() => {
    list.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest' });
  }, [column]);
  const [spoken, setSpoken] = useState(false);
  const on = fields.findIndex(({ n }) => n === column);
  const onKeyDown = (event: KeyboardEvent<HTMLDListElement>) => {
    if (event.target !== event.currentTarget) return;
    const to = (place: number) => {
      const field = fields[Math.max(0, Math.min(fields.length - 1, place))];
      if (field !== undefined) props.onGo(0, field.n);
    };
    switch (event.key) {
      case 'ArrowDown':
        to(on + 1);
        break;
      case 'ArrowUp':
        to(on - 1);
        break;
      case 'Home':
        to(0);
        break;
      case 'End':
        to(fields.length - 1);
        break;
      case 'PageDown':
        if (cell.place + 1 < (cell.of ?? result.stored)) props.onGo(1, column);
        break;
      case 'PageUp':
        if (cell.place > 0) props.onGo(-1, column);
        break;
      case 'Enter':
        props.onView('value');
        break;
      case 'c':
        if (!event.ctrlKey && !event.metaKey) return;
        // What is marked with the mouse is copied as it is.
        if (getSelection()?.isCollapsed === false) return;
        props.copy({ top: row, bottom: row, left: column, right: column }, 'tsv');
        break;
      default:
        return;
    }
    setSpoken(true);
    event.preventDefault();
    event.stopPropagation();
  };
  const copy = (as: 'json' | 'insert') => props.copy({ top: row, bottom: row, left: 0, right: columns.length - 1 }, as);
  return (
    <div className="row-form">
      <div className="value-tools">
        <input
          type="search"
          className="input"
          aria-label="Filter columns by name"
          placeholder="Filter columns"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <button type="button" className="btn quiet" onClick={() => copy('json')}>
          Copy as JSON
        </button>
        <button type="button" className="btn quiet" onClick={() => copy('insert')}>
          Copy as INSERT
        </button>
      </div>
      {problem !== null && <Problem error={problem} />}
      {wanted !== '' && (
        <p className="value-note" role="status">
          {fields.length === 0
            ? 'No column has that in its name.'
            : `${plural(fields.length, 'column')} of ${columns.length}`}
        </p>
      )}
      {cells !== null && (
        <dl ref={list} className="row-fields" tabIndex={0} aria-label="Columns of the row" onKeyDown={onKeyDown}>
          {fields.map(({ n, name, type }) => (
            <div key={n} className={n === cell.column ? 'on' : ''}>
              <dt>
                <button
                  type="button"
                  title="A closer look at this value"
                  onClick={() => {
                    props.onGo(0, n);
                    props.onView('value');
                  }}
                >
                  {name === '' ? '(no name)' : name}
                </button>
                <span className="mono faint">{type}</span>
              </dt>
              <dd className="mono selectable">{said(cells[n])}</dd>
            </div>
          ))}
        </dl>
      )}
      <span className="sr-only" role="status">
        {spoken && cells !== null && `${columns[column]?.name}: ${cells[column] ?? 'NULL'}`}
      </span>
      <KeyLinks bridge={bridge} place={{ result: id, row, column }} onOpen={props.onOpen} />
    </div>
  );
}

function said(value: string | null | undefined) {
  if (value === null || value === undefined) return <i className="faint">NULL</i>;
  return value === '' ? <span className="faint">(empty)</span> : visibleText(value);
}
