/** Search and tree, and the states before there is one. */
import { useImperativeHandle, useRef, useState } from 'react';
import { COMMAND_KEY } from '../results/states.tsx';
import { SearchField } from '../side/index.ts';
import { Icon } from '../ui/icons.tsx';
import { plural } from '../words/format.ts';
import type { SchemaActions } from './actions.ts';
import { Name } from './Name.tsx';
import { SchemaTree } from './SchemaTree.tsx';
import type { Catalog } from './use-catalog.ts';

export interface SchemaPanelHandle {
  search(): void;
}

export function SchemaPanel(props: {
  readonly catalog: Catalog;
  readonly connected: boolean;
  readonly actions: SchemaActions;
  readonly ref?: React.Ref<SchemaPanelHandle> | undefined;
}) {
  const { catalog, connected } = props;
  const { known } = catalog;
  const [search, setSearch] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const root = useRef<HTMLDivElement>(null);
  useImperativeHandle(props.ref, () => ({
    search() {
      input.current?.focus();
      input.current?.select();
    },
  }));
  return (
    <div ref={root} className="schema-panel">
      <SearchField
        ref={input}
        label="Search names and comments"
        placeholder="Search the schema"
        value={search}
        onChange={(value) => {
          setSearch(value);
          if (value.trim() !== '') catalog.wantAll();
        }}
        onDown={() => root.current?.querySelector<HTMLElement>('[role=tree]')?.focus()}
      >
        <kbd className="kbd">{COMMAND_KEY} K</kbd>
      </SearchField>
      <div className="side-title">
        <h2>Schema</h2>
        <button
          type="button"
          className="btn quiet icon"
          aria-label="Read the schema again"
          title="Read the schema again"
          disabled={!connected || catalog.loading}
          onClick={catalog.refresh}
        >
          {catalog.loading ? <span className="spinner small" /> : <Icon name="refresh" size={12} />}
        </button>
      </div>
      {catalog.problem !== null && (
        <p className="side-words" role="alert">
          {catalog.problem.message} <span className="muted">{catalog.problem.hint}</span>
        </p>
      )}
      {catalog.vanished.length > 0 && <Vanished names={catalog.vanished} onDismiss={catalog.dismiss} />}
      {known === null ? (
        catalog.problem === null && (
          <p className="side-words muted">{connected ? 'Reading the schema…' : 'Shown once connected.'}</p>
        )
      ) : known.relations.length === 0 && known.schemas.length === 0 ? (
        <p className="side-words muted">This grant shows no table.</p>
      ) : (
        <SchemaTree catalog={{ ...catalog, known }} search={search} actions={props.actions} />
      )}
    </div>
  );
}

/** So many names are said; more are counted. */
const SAID = 3;

function Vanished({ names, onDismiss }: { readonly names: readonly string[]; readonly onDismiss: () => void }) {
  return (
    <div className="vanished" role="status">
      <span>
        Not there any more:{' '}
        {names.slice(0, SAID).map((name, n) => (
          <span key={name}>
            {n > 0 && ', '}
            <Name of={name} className="mono" />
          </span>
        ))}
        {names.length > SAID && ` and ${plural(names.length - SAID, 'other')}`}
      </span>
      <button type="button" className="btn quiet icon" aria-label="Dismiss" onClick={onDismiss}>
        <Icon name="cross" size={11} />
      </button>
    </div>
  );
}
