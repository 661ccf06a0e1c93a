/**
 * Saved queries as the work area uses them: the panel, the line above the editor that says how a tab stands to what is saved,
 * and saving. A tab's text is never replaced without a way back, and never saved over another text without a question.
 */
import { type ReactNode, useState } from 'react';
import type { SavedQuery } from '../../shared/ipc-queries.ts';
import { ask, type Bridge, type UserError } from '../bridge.ts';
import { keyText, useCommands } from '../commands/index.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { useToast } from '../ui/Toasts.tsx';
import type { WorkspaceHandle } from '../work/use-workspace.ts';
import { DetailsDialog } from './DetailsDialog.tsx';
import { type Draft, detailsOf, draftOf, emptyDraft, type Hint, hintsOf } from './details.ts';
import { LinkBar } from './LinkBar.tsx';
import { SavedPanel } from './SavedPanel.tsx';
import { type QueryStore, useQueryStore } from './store.ts';
import { useLinks } from './use-links.ts';
import './queries.css';

export interface SavedHost {
  readonly bridge: Bridge;
  readonly workspace: WorkspaceHandle | null;
  /** The tab of the editor; null while a page is shown in its place. */
  readonly tab: string | null;
  /** The target of this grant. */
  readonly target: { readonly id: string; readonly label: string };
  /** Shows the tab; runs all of it once it is shown. */
  show(tab: string, run: boolean): void;
}
export interface SavedHandle {
  readonly store: QueryStore;
  readonly panel: ReactNode;
  /** Above the editor; null for a tab that is no saved query. */
  readonly bar: ReactNode;
  readonly dialogs: ReactNode;
  /** Why the tab's text is not what is saved, in a few words; null where it is, or nothing is. */
  differs(tab: string): string | null;
  /** What is said of the parameters of the tab's query. */
  hints(tab: string): ReadonlyMap<string, Hint>;
  /** In the tab that shows it already, else in a new one. */
  open(query: SavedQuery, run: boolean): void;
  /** Asks what to call a text that stands in no tab. */
  keep(text: string): void;
}

type Asked =
  /** A new query; of a tab, or of a text from elsewhere. */
  | { readonly what: 'new'; readonly tab: string | null; readonly text: string; readonly first: Draft }
  | { readonly what: 'details'; readonly query: SavedQuery; readonly text: string }
  | { readonly what: 'overwrite'; readonly tab: string; readonly query: SavedQuery };

const differences = {
  edited: 'differs from what is saved',
  changed: 'what is saved was changed elsewhere',
  gone: 'its saved query was deleted',
} as const;

export function useSaved(host: SavedHost): SavedHandle {
  const { bridge, workspace, tab, target } = host;
  const say = useToast();
  const store = useQueryStore(bridge);
  const links = useLinks(bridge, workspace, store.library);
  const [asked, setAsked] = useState<Asked | null>(null);
  const link = tab === null ? undefined : links.of.get(tab);
  const folders = store.library?.folders ?? [];

  const told = (message: string, hint: string | null = null) =>
    say({ code: 'query_told', message, hint, kind: 'ok', fleeting: true });
  const askNew = (of: string | null, text: string, first: Draft) => {
    if (text.trim() === '')
      say({ code: 'nothing_to_save', message: 'There is no text to save.', hint: null, fleeting: true });
    else setAsked({ what: 'new', tab: of, text, first });
  };
  const titled = (of: string): Draft => ({
    ...emptyDraft,
    name: workspace?.tabs.tabs.find(({ id }) => id === of)?.title ?? '',
  });
  const saveAs = (of: string, first = titled(of)) => askNew(of, workspace?.documents.text(of) ?? '', first);

  const saveText = async (of: string, query: SavedQuery, base: string | null) => {
    const text = workspace?.documents.text(of) ?? '';
    const answer = await ask(bridge.saveQueryText({ id: query.id, text, base }));
    if (!answer.ok) {
      await store.refresh();
      if (answer.error.code === 'query_changed') setAsked({ what: 'overwrite', tab: of, query });
      else say(answer.error);
      return;
    }
    await store.take(Promise.resolve(answer));
    const rev = answer.value.queries.find(({ id }) => id === query.id)?.rev;
    if (rev === undefined) return;
    links.keep(query.id, { rev, text });
    workspace?.link(of, { query: query.id, rev });
    told(`“${query.name}” is saved.`);
  };
  const save = (of: string) => {
    const known = links.of.get(of);
    const rev = workspace?.tabs.tabs.find(({ id }) => id === of)?.link?.rev ?? null;
    if (known === undefined || known.query === null) saveAs(of);
    else if (known.standing === 'changed') setAsked({ what: 'overwrite', tab: of, query: known.query });
    else if (known.standing === 'same') told(`“${known.query.name}” is saved already.`);
    else void saveText(of, known.query, rev);
  };
  const revert = async (of: string, query: SavedQuery) => {
    const saved = await links.read(query.id);
    if (saved === null) return store.refresh();
    workspace?.documents.replace(of, saved.text);
    workspace?.link(of, { query: query.id, rev: saved.rev });
    told('This is what is saved.', `${keyText('Mod+Z')} brings your text back.`);
  };
  const open = async (query: SavedQuery, run: boolean) => {
    const elsewhere = query.target !== null && query.target !== target.id;
    const there = workspace?.tabs.tabs.find((one) => one.link?.query === query.id);
    if (run && elsewhere)
      say({
        code: 'query_elsewhere',
        message: `“${query.name}” is meant for ${query.target}, and this is ${target.label}. It was opened and not run.`,
        hint: 'Read it, then run it if it is what you want.',
      });
    if (there !== undefined) return host.show(there.id, run && !elsewhere);
    const saved = await links.read(query.id);
    if (saved === null) {
      say({ code: 'query_gone', message: `“${query.name}” is not there any more.`, hint: null });
      return store.refresh();
    }
    const opened = workspace?.open(saved.text, query.name, { query: query.id, rev: saved.rev });
    if (opened !== undefined) host.show(opened, run && !elsewhere);
  };
  const askDetails = async (query: SavedQuery) => {
    const saved = await links.read(query.id);
    if (saved === null) return store.refresh();
    setAsked({ what: 'details', query, text: saved.text });
  };
  const create = async ({ tab: of, text }: Asked & { what: 'new' }, draft: Draft): Promise<UserError | null> => {
    const id = crypto.randomUUID();
    const details = detailsOf(draft);
    const answer = await ask(bridge.createQuery({ ...details, id, text }));
    if (!answer.ok) return answer.error;
    const rev = answer.value.queries.find((one) => one.id === id)?.rev ?? '';
    links.keep(id, { rev, text });
    if (of !== null) {
      workspace?.link(of, { query: id, rev });
      workspace?.rename(of, details.name);
    }
    await store.take(Promise.resolve(answer));
    told(`“${details.name}” is saved.`);
    return null;
  };
  const change = async (query: SavedQuery, draft: Draft): Promise<UserError | null> =>
    store.take(bridge.saveQueryDetails({ ...detailsOf(draft), id: query.id }));

  const away = tab === null ? 'a page is shown' : null;
  useCommands(() => [
    {
      id: 'saved.save',
      title: 'Save the query',
      group: 'Saved',
      keys: ['Mod+S'],
      unavailable: away,
      run: () => tab !== null && save(tab),
    },
    {
      id: 'saved.saveAs',
      title: 'Save as a new query…',
      group: 'Saved',
      unavailable: away,
      run: () =>
        tab !== null &&
        saveAs(tab, link?.query ? { ...draftOf(link.query), name: `${link.query.name} copy` } : undefined),
    },
    {
      id: 'saved.revert',
      title: 'Go back to what is saved',
      group: 'Saved',
      unavailable:
        away ?? (link?.query == null ? 'it is not saved' : link.standing === 'same' ? 'it is what is saved' : null),
      run: () => tab !== null && link?.query != null && void revert(tab, link.query),
    },
    {
      id: 'saved.details',
      title: 'Name, folder, description and parameters of the saved query…',
      group: 'Saved',
      unavailable: away ?? (link?.query == null ? 'it is not saved' : null),
      run: () => link?.query != null && void askDetails(link.query),
    },
  ]);

  const dialogs =
    asked === null ? null : asked.what === 'overwrite' ? (
      <Dialog
        title={`Save over “${asked.query.name}”?`}
        action="Save over it"
        danger
        other={{
          action: 'Save as new…',
          onYes: () => {
            saveAs(asked.tab, { ...draftOf(asked.query), name: `${asked.query.name} copy` });
          },
        }}
        onYes={() => {
          setAsked(null);
          void saveText(asked.tab, asked.query, null);
        }}
        onNo={() => setAsked(null)}
      >
        It was changed elsewhere since you opened it. Saving over it takes that change away.
      </Dialog>
    ) : (
      <DetailsDialog
        key={asked.what}
        bridge={bridge}
        title={asked.what === 'new' ? 'Save the query' : `Details of “${asked.query.name}”`}
        text={asked.text}
        first={asked.what === 'new' ? asked.first : draftOf(asked.query)}
        folders={folders}
        target={target}
        onSave={async (draft) => {
          const failed = asked.what === 'new' ? await create(asked, draft) : await change(asked.query, draft);
          if (failed === null) setAsked(null);
          return failed;
        }}
        onNo={() => setAsked(null)}
      />
    );
  return {
    store,
    panel: (
      <SavedPanel
        bridge={bridge}
        store={store}
        target={target}
        onOpen={(query, run) => void open(query, run)}
        onDetails={(query) => void askDetails(query)}
      />
    ),
    bar:
      tab === null || link === undefined ? null : (
        <LinkBar
          link={link}
          target={target}
          onSave={() => save(tab)}
          onRevert={() => link.query !== null && void revert(tab, link.query)}
          onLetGo={() => workspace?.link(tab, undefined)}
        />
      ),
    dialogs,
    differs(of) {
      const standing = links.of.get(of)?.standing ?? 'same';
      return standing === 'same' ? null : differences[standing];
    },
    hints(of) {
      const id = workspace?.tabs.tabs.find((one) => one.id === of)?.link?.query;
      return hintsOf(store.library?.queries.find((one) => one.id === id)?.parameters ?? []);
    },
    open: (query, run) => void open(query, run),
    keep: (text) => askNew(null, text, emptyDraft),
  };
}
