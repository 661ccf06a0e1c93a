/** Search, tree, the chosen query and what can be done with it; what is asked before something is moved, deleted or added. */
import { useEffect, useRef, useState } from 'react';
import type { SavedQuery } from '../../shared/ipc-queries.ts';
import { type FolderPath, folderKey, isInside } from '../../shared/queries.ts';
import { ask, type Bridge } from '../bridge.ts';
import { keyText, useCommands } from '../commands/index.ts';
import { SearchField } from '../side/index.ts';
import { Icon } from '../ui/icons.tsx';
import { Menu } from '../ui/Menu.tsx';
import { type PanelAsked, PanelDialogs } from './PanelDialogs.tsx';
import { Preview } from './Preview.tsx';
import { QueryTree, type TreeActions } from './QueryTree.tsx';
import type { QueryStore } from './store.ts';
import { type Line, linesOf } from './tree.ts';
import { subjectOf, usePanelWork } from './use-panel-work.ts';

const SEARCH_AFTER_MS = 120;

export function SavedPanel(props: {
  readonly bridge: Bridge;
  readonly store: QueryStore;
  readonly target: { readonly id: string; readonly label: string };
  readonly onOpen: (query: SavedQuery, run: boolean) => void;
  readonly onDetails: (query: SavedQuery) => void;
}) {
  const { bridge, store } = props;
  const { library, problem } = store;
  const [search, setSearch] = useState('');
  /** What the search has found; null while there is none. */
  const [found, setFound] = useState<ReadonlySet<string> | null>(null);
  const [shut, setShut] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState<string | null>(null);
  const [asked, setAsked] = useState<PanelAsked | null>(null);
  /** The id of a deletion that the panel offers to undo. */
  const [deleted, setDeleted] = useState<string | null>(null);
  const root = useRef<HTMLElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what there is says when to search again
  useEffect(() => {
    if (search.trim() === '') return setFound(null);
    let gone = false;
    const timer = setTimeout(async () => {
      const answer = await ask(bridge.searchQueries(search.slice(0, 500)));
      if (!gone && answer.ok) setFound(new Set(answer.value));
    }, SEARCH_AFTER_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [bridge, search, library]);

  const lines = library === null ? [] : linesOf(library, shut, found);
  const line = lines.find(({ key }) => key === current) ?? lines[0];
  const focusTree = () => root.current?.querySelector<HTMLElement>('[role=tree]')?.focus();
  const work = usePanelWork(bridge, store);
  const remove = async (one: Line) => {
    const at = lines.indexOf(one);
    const deletion = await work.remove(one);
    if (deletion === null) return;
    setDeleted(deletion);
    setCurrent((lines[at + 1] ?? lines[at - 1])?.key ?? null);
    focusTree();
  };
  const undo = async (deletion: string | undefined) => {
    if (deletion !== undefined && (await work.undo(deletion))) setDeleted(null);
    focusTree();
  };
  const readFiles = async () => {
    const plan = await work.readFiles();
    if (plan !== null) setAsked({ what: 'import', plan });
  };
  const parentOf = (one: Line | undefined): FolderPath =>
    one === undefined ? [] : one.kind === 'folder' ? one.path : one.query.folder;

  /** Whatever a search shows of it. */
  const holds = (path: FolderPath) => library?.queries.some(({ folder }) => isInside(folder, path)) === true;
  const actions: TreeActions = {
    open: props.onOpen,
    rename: (one, name) => void work.rename(one, name),
    move: (one, into) => void work.move(one, into),
    // A query comes back with one key; a folder may be more than a person has in mind.
    remove: (one) =>
      one.kind === 'folder' && holds(one.path) ? setAsked({ what: 'delete', line: one }) : void remove(one),
    choices(one, begin) {
      const both = [
        { title: 'Rename', keys: ['F2'], run: begin },
        { title: 'Move to…', run: () => setAsked({ what: 'move', line: one }) },
      ];
      const last = { title: 'Delete', keys: ['Delete'], run: () => actions.remove(one) };
      const json = { title: 'Export as .json…', run: () => void work.exportTo(subjectOf(one), 'json') };
      if (one.kind === 'folder')
        return [
          {
            title: one.name,
            commands: [{ title: 'New folder in it…', run: () => setAsked({ what: 'folder', parent: one.path }) }],
          },
          { title: 'Change', commands: [...both, json, last] },
        ];
      return [
        {
          title: one.name,
          commands: [
            { title: 'Open', keys: ['Enter'], run: () => props.onOpen(one.query, false) },
            { title: 'Open and run', keys: ['Shift+Enter'], run: () => props.onOpen(one.query, true) },
          ],
        },
        { title: 'Change', commands: [{ title: 'Details…', run: () => props.onDetails(one.query) }, ...both] },
        {
          title: 'Elsewhere',
          commands: [{ title: 'Export as .sql…', run: () => void work.exportTo(subjectOf(one), 'sql') }, json, last],
        },
      ];
    },
  };
  const nothing = library !== null && library.queries.length === 0 && library.folders.length === 0;
  const all = { kind: 'all' } as const;
  useCommands(() => [
    { id: 'saved.import', title: 'Import saved queries…', group: 'Saved', run: () => void readFiles() },
    {
      id: 'saved.export',
      title: 'Export all saved queries…',
      group: 'Saved',
      unavailable: nothing ? 'there are none' : null,
      run: () => void work.exportTo(all, 'json'),
    },
    {
      id: 'saved.undo',
      title: 'Undo the last deletion of saved queries',
      group: 'Saved',
      unavailable: (library?.deleted.length ?? 0) === 0 ? 'nothing was deleted' : null,
      run: () => void undo(library?.deleted[0]?.id),
    },
  ]);
  const undoable = library?.deleted.find(({ id }) => id === deleted);
  return (
    <section ref={root} className="saved" aria-label="Saved queries">
      <div className="side-top">
        <SearchField
          label="Search saved queries"
          placeholder="Search names and texts"
          value={search}
          onChange={(value) => {
            setSearch(value);
            setCurrent(null);
          }}
          onDown={focusTree}
        />
        <button
          type="button"
          className="btn quiet icon"
          aria-label="New folder…"
          title="New folder…"
          onClick={() =>
            setAsked({ what: 'folder', parent: parentOf(found === null && current !== null ? line : undefined) })
          }
        >
          <Icon name="newFolder" size={13} />
        </button>
        <Menu
          label="Import, export, undo"
          className="btn quiet icon"
          button={<Icon name="more" size={13} />}
          groups={[
            {
              items: [
                { label: 'Import…', detail: '.json of Vitrine, or .sql', run: () => void readFiles() },
                ...(nothing ? [] : [{ label: 'Export all…', run: () => void work.exportTo(all, 'json') }]),
                ...(library?.deleted ?? []).slice(0, 5).map(({ id, words }) => ({
                  label: `Undo deleting ${words}`,
                  run: () => void undo(id),
                })),
              ],
            },
          ]}
        />
      </div>
      {problem !== null && (
        <div className="side-words" role="alert">
          {problem.message} <span className="muted">{problem.hint}</span>
          <button type="button" className="btn" onClick={() => void store.refresh()}>
            Try again
          </button>
        </div>
      )}
      {library === null ? (
        problem === null && <p className="side-words muted">Reading your saved queries…</p>
      ) : nothing ? (
        <Nothing onImport={() => void readFiles()} />
      ) : lines.length === 0 ? (
        <p className="side-words muted">No saved query holds that.</p>
      ) : (
        <QueryTree
          lines={lines}
          current={line?.key ?? null}
          onCurrent={setCurrent}
          onToggle={(key) => {
            setCurrent(key);
            setShut((now) => (now.has(key) ? new Set([...now].filter((one) => one !== key)) : new Set([...now, key])));
          }}
          actions={actions}
        />
      )}
      <div className="saved-news" role="status">
        {undoable !== undefined && (
          <>
            <span className="clip">{undoable.words} is deleted.</span>
            <button type="button" className="btn quiet" onClick={() => void undo(undoable.id)}>
              Undo
            </button>
          </>
        )}
      </div>
      {line?.kind === 'query' && (
        <Preview bridge={bridge} query={line.query} onOpen={props.onOpen} onDetails={props.onDetails} />
      )}
      {asked !== null && (
        <PanelDialogs
          bridge={bridge}
          store={store}
          asked={asked}
          onDelete={(one) => void remove(one)}
          onMove={(one, into) => void work.move(one, into)}
          onMade={(path) => setCurrent(`folder ${folderKey(path)}`)}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  );
}

function Nothing({ onImport }: { readonly onImport: () => void }) {
  return (
    <div className="saved-none">
      <p>Nothing is saved yet.</p>
      <p className="muted">
        Write a query that you will need again and press {keyText('Mod+S')}. It gets a name, a folder, and a description
        of its parameters, and is here in every grant. Rows are never saved.
      </p>
      <button type="button" className="btn" onClick={onImport}>
        Import…
      </button>
    </div>
  );
}
