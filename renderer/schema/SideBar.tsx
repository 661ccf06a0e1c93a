/** Left of the editor: search, the schema, and what was run lately in this grant. */
import { useCallback, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { SchemaTable } from '../../shared/ipc.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { COMMAND_KEY } from '../results/states.tsx';
import type { Recent } from '../results/store.ts';
import { Icon } from '../ui/icons.tsx';
import { oneLine, took } from '../words/format.ts';
import { SchemaTree } from './SchemaTree.tsx';
import './schema.css';

export interface SideBarHandle {
  search(): void;
}

export function SideBar(props: {
  readonly bridge: Bridge;
  readonly connected: boolean;
  readonly recent: readonly Recent[];
  readonly onInsert: (text: string) => void;
  readonly onOpen: (text: string) => void;
  readonly ref?: React.Ref<SideBarHandle>;
}) {
  const { bridge, connected } = props;
  const [tables, setTables] = useState<readonly SchemaTable[] | null>(null);
  const [problem, setProblem] = useState<UserError | null>(null);
  const [loading, setLoading] = useState(false);
  const [search, setSearch] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const side = useRef<HTMLElement>(null);
  useImperativeHandle(props.ref, () => ({
    search() {
      input.current?.focus();
      input.current?.select();
    },
  }));

  const load = useCallback(async () => {
    setLoading(true);
    const answer = await ask(bridge.getSchema());
    setLoading(false);
    setProblem(answer.ok ? null : answer.error);
    if (answer.ok) setTables(answer.value);
  }, [bridge]);
  useEffect(() => {
    if (connected) void load();
  }, [connected, load]);

  return (
    <nav ref={side} className="side" aria-label="Schema and recent statements">
      <div className="search">
        <Icon name="search" size={13} />
        <input
          ref={input}
          type="search"
          aria-label="Search tables and columns"
          placeholder="Search tables"
          value={search}
          spellCheck={false}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && search !== '') {
              setSearch('');
              event.stopPropagation();
            }
            if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
            event.preventDefault();
            side.current?.querySelector<HTMLElement>('[role=tree]')?.focus();
          }}
        />
        {search === '' && <kbd className="kbd">{COMMAND_KEY} K</kbd>}
      </div>
      <div className="side-title">
        <h2>Schema</h2>
        <button
          type="button"
          className="btn quiet icon"
          aria-label="Read the schema again"
          title="Read the schema again"
          disabled={!connected || loading}
          onClick={() => void load()}
        >
          {loading ? <span className="spinner small" /> : <Icon name="refresh" size={12} />}
        </button>
      </div>
      {problem !== null ? (
        <p className="side-words" role="alert">
          {problem.message} <span className="muted">{problem.hint}</span>
        </p>
      ) : tables === null ? (
        <p className="side-words muted">{connected ? 'Reading the schema…' : 'Shown once connected.'}</p>
      ) : tables.length === 0 ? (
        <p className="side-words muted">This grant shows no table.</p>
      ) : (
        <SchemaTree tables={tables} search={search} onInsert={props.onInsert} />
      )}
      {props.recent.length > 0 && <RecentList recent={props.recent} onOpen={props.onOpen} />}
    </nav>
  );
}

function sign({ status, code, ms }: Recent): { readonly dot: string; readonly words: string } {
  const time = ms === null ? '' : took(ms);
  switch (status) {
    case 'done':
      return { dot: '', words: time };
    case 'error':
      return { dot: 'danger', words: code === '42501' ? 'denied' : 'error' };
    case 'cancelled':
      return { dot: 'warn', words: 'cancelled' };
    case 'unknown':
      return { dot: 'warn', words: 'unknown' };
    case 'not_sent':
      return { dot: 'hollow', words: 'not sent' };
    case 'waiting':
      return { dot: 'hollow', words: 'waiting' };
    default:
      return { dot: 'live', words: 'running' };
  }
}

function RecentList({
  recent,
  onOpen,
}: {
  readonly recent: readonly Recent[];
  readonly onOpen: (text: string) => void;
}) {
  return (
    <section className="recent" aria-label="Recent statements">
      <div className="side-title">
        <h2>Recent</h2>
      </div>
      <ul>
        {recent.map((entry) => {
          const { dot, words } = sign(entry);
          return (
            <li key={entry.id}>
              <button
                type="button"
                title={`${entry.text.slice(0, 600)}\n\nOpens in a new tab`}
                onClick={() => onOpen(entry.text)}
              >
                <span className={`dot ${dot}`} />
                <span className="mono clip recent-text">{oneLine(entry.text.slice(0, 200))}</span>
                <span className="t num">{words}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
