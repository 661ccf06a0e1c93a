/**
 * The schema as the rest of the window uses it: the catalog, the pages that are open, and what lines and pages can do. It
 * is handed the two things that it needs of the others: a query's editor and a way to run a statement of the user.
 */
import { type ReactNode, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { ask, type Bridge } from '../bridge.ts';
import { type Command, useCommands } from '../commands/index.ts';
import type { Goal } from '../completion/index.ts';
import { useToast } from '../ui/Toasts.tsx';
import type { SchemaActions, Subject } from './actions.ts';
import { named, sampleSql } from './names.ts';
import { PageTabs } from './PageTabs.tsx';
import { COPIED } from './page/Definition.tsx';
import { FunctionPage, ObjectPage, TypePage } from './page/ObjectPage.tsx';
import type { Answers, Reading } from './page/use-section.ts';
import { closed, noPages, opened, viewed } from './pages.ts';
import { type Catalog, useCatalog } from './use-catalog.ts';

export interface SchemaHost {
  /** The person asked to read the schema again. Stable. */
  onRefresh(): void;
  /** Puts it into the editor of the query, which is shown then. */
  insert(text: string): void;
  /** The name under the cursor in the editor; empty where there is none. */
  nameAtCursor(): string;
  /** Where that name leads in its statement: an alias, a column, a common table; null where that is not known. */
  goalAtCursor(): Goal | null;
  /** Puts the cursor of the editor there. */
  goTo(offset: number): void;
  /** Runs a statement of the user, for a tab; in a new query with null. */
  run(text: string, tab: string | null): void;
  /** A page was closed: its results are not needed any more. */
  forget(tab: string): void;
  /** The queries are shown again: the editor may have the focus. */
  onLeft(): void;
}
export interface SchemaHandle {
  readonly catalog: Catalog;
  readonly actions: SchemaActions;
  /** The tab whose page is shown; null while a query is. */
  readonly active: string | null;
  /** The page that is shown. */
  panel(id: string): ReactNode;
  tabs(panel: string, onMove: (event: React.KeyboardEvent) => void): ReactNode;
  /** Shows the queries again. */
  leave(): void;
}

/** A relation that has the page's name now and is another one. */
function successorOf({ schema, name, oid }: Subject, { known }: Catalog): Subject | null {
  const found = known?.relations.find((one) => one.schema === schema && one.name === name);
  return found === undefined || found.oid === oid ? null : { of: 'relation', oid: found.oid, schema, name };
}

export function useSchema(bridge: Bridge, connected: boolean, host: SchemaHost): SchemaHandle {
  const say = useToast();
  const read = useCatalog(bridge, connected);
  const { onRefresh } = host;
  /** What others know of the schema is read again with it. */
  const catalog = useMemo(
    (): Catalog => ({
      ...read,
      refresh() {
        read.refresh();
        onRefresh();
      },
    }),
    [read, onRefresh],
  );
  const { version } = catalog;
  const [pages, setPages] = useState(noPages);
  const answers = useRef<Answers>(new Map());
  // What was read before the schema was read again is not asked for any more.
  useEffect(() => {
    for (const key of answers.current.keys()) if (!key.startsWith(`${version} `)) answers.current.delete(key);
  }, [version]);
  const reading = useMemo((): Reading => ({ bridge, answers: answers.current, version }), [bridge, version]);

  /** The allowed columns are asked of the database, so that the statement is one that it permits. */
  const sample = async ({ oid, schema, name }: Omit<Subject, 'of'>, tab: string | null) => {
    const answer = await ask(bridge.readColumns([oid]));
    if (!answer.ok) return say(answer.error);
    const text = sampleSql({ schema, name }, answer.value);
    if (text === null) say({ code: '42501', message: 'No column of it is in this grant.', hint: null });
    else host.run(text, tab);
  };
  const copyDefinition = async ({ oid, of }: Subject) => {
    const answer = await ask(bridge.readSection({ oid, section: of === 'relation' ? 'definition' : of }));
    if (!answer.ok) return say(answer.error);
    const { value } = answer;
    const text = 'definition' in value ? value.definition : value.section === 'definition' ? value.text : '';
    const copied = await ask(bridge.copyText(text));
    say(copied.ok ? COPIED : copied.error);
  };
  const actions: SchemaActions = {
    insert: host.insert,
    open: (subject, view) => setPages((now) => opened(now, subject, view ?? null)),
    sample: (of) => void sample(of, null),
    copyName: (text) =>
      void ask(bridge.copyText(text)).then((answer) => {
        if (!answer.ok) say(answer.error);
      }),
    copyDefinition: (subject) => void copyDefinition(subject),
  };
  const close = (id: string) => {
    setPages((now) => closed(now, id));
    host.forget(id);
  };
  /** The first function of the name, or the type. */
  const itemNamed = async (goal: Extract<Goal, { kind: 'function' | 'type' }>): Promise<Subject | null> => {
    const answer = await ask(bridge.readItems(goal.kind === 'function' ? 'functions' : 'types'));
    if (!answer.ok) return null;
    const found = answer.value.find(
      ({ schema, name }) => name === goal.name && (goal.schema === null || schema === goal.schema),
    );
    return found === undefined ? null : { of: goal.kind, oid: found.oid, schema: found.schema, name: found.name };
  };
  const openNamed = async () => {
    const [text, goal] = [host.nameAtCursor(), host.goalAtCursor()];
    if (goal?.kind === 'place') return host.goTo(goal.offset);
    const relations = catalog.known?.relations ?? [];
    const relation =
      goal?.kind === 'relation'
        ? relations.find(({ schema, name }) => schema === goal.schema && name === goal.name)
        : goal === null
          ? named(text, relations)
          : null;
    const subject =
      relation != null
        ? ({ of: 'relation', oid: relation.oid, schema: relation.schema, name: relation.name } as const)
        : goal?.kind === 'function' || goal?.kind === 'type'
          ? await itemNamed(goal)
          : null;
    if (subject !== null) return actions.open(subject);
    say({
      code: 'no_such_name',
      message:
        text === '' ? 'The cursor stands on no name.' : `Nothing in the schemas of this grant is called ${text}.`,
      hint: 'Put the cursor on the name of a table, function or type, or search for it in the schema.',
      fleeting: true,
    });
  };
  const page = pages.list.find(({ id }) => id === pages.active);
  useCommands((): readonly Command[] => [
    {
      id: 'schema.open',
      title: 'Open the page of the name under the cursor',
      group: 'Schema',
      keys: ['F4'],
      unavailable: page === undefined ? null : 'a page is shown',
      run: () => void openNamed(),
    },
    {
      id: 'schema.refresh',
      title: 'Read the schema again',
      group: 'Schema',
      unavailable: connected ? null : 'not connected',
      run: catalog.refresh,
    },
    ...(page === undefined
      ? []
      : ([
          {
            id: 'schema.close',
            title: 'Close the page, back to the query',
            group: 'Schema',
            keys: ['Mod+F4'],
            run: () => close(page.id),
          },
          {
            id: 'schema.sample',
            title: 'Show the first 100 rows below the page',
            group: 'Schema',
            unavailable: page.of === 'relation' ? null : `a ${page.of} has no rows`,
            run: () => void sample(page, page.id),
          },
        ] as const)),
  ]);
  const shown = page?.id ?? null;
  const before = useRef(shown);
  const root = useRef<HTMLDivElement>(null);
  const onLeft = useEffectEvent(host.onLeft);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    // Whoever moves through the tabs stays there.
    if (document.activeElement?.role === 'tab') return;
    if (shown === null) onLeft();
    else root.current?.focus();
  }, [shown]);
  const body =
    page === undefined ? null : page.of === 'function' ? (
      <FunctionPage key={page.id} reading={reading} page={page} />
    ) : page.of === 'type' ? (
      <TypePage key={page.id} reading={reading} page={page} actions={actions} />
    ) : (
      <ObjectPage
        key={page.id}
        reading={reading}
        page={page}
        actions={actions}
        successor={successorOf(page, catalog)}
        onView={(view) => setPages((now) => viewed(now, page.id, view))}
        onSample={() => void sample(page, page.id)}
      />
    );
  return {
    catalog,
    actions,
    active: shown,
    panel: (id) =>
      page === undefined ? null : (
        <div ref={root} id={id} className="page-panel" role="tabpanel" tabIndex={-1} aria-labelledby={`tab-${page.id}`}>
          {body}
        </div>
      ),
    tabs: (id, onMove) => (
      <PageTabs
        pages={pages}
        panel={id}
        onActivate={(active) => setPages((now) => ({ ...now, active }))}
        onClose={close}
        onMove={onMove}
      />
    ),
    leave: () => setPages((now) => ({ ...now, active: null })),
  };
}
