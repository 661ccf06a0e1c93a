/** Left of the editor: the schema, and what was run lately in this grant. */
import { visibleText } from '../../shared/visible.ts';
import type { Recent } from '../results/store.ts';
import { oneLine, took } from '../words/format.ts';
import type { SchemaActions } from './actions.ts';
import { SchemaPanel, type SchemaPanelHandle } from './SchemaPanel.tsx';
import type { Catalog } from './use-catalog.ts';
import './schema.css';

export function SideBar(props: {
  readonly catalog: Catalog;
  readonly connected: boolean;
  readonly actions: SchemaActions;
  readonly recent: readonly Recent[];
  readonly onOpen: (text: string) => void;
  readonly ref?: React.Ref<SchemaPanelHandle>;
}) {
  return (
    <nav className="side" aria-label="Schema and recent statements">
      <SchemaPanel ref={props.ref} catalog={props.catalog} connected={props.connected} actions={props.actions} />
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
                title={`${visibleText(entry.text.slice(0, 600))}\n\nOpens in a new tab`}
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
