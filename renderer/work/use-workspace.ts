/** Loads the tabs once, with their texts and cursors, and saves what changes; tells what could not be read or saved. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { MAX_TAB_TEXT } from '../../shared/editor.ts';
import type { TabIndex, TabLink } from '../../shared/ipc-workspace.ts';
import { ask, type Bridge } from '../bridge.ts';
import { Documents } from '../editor/documents.ts';
import { useToast } from '../ui/Toasts.tsx';
import { Saver } from './saver.ts';
import { closed, linked, moved, opened, renamed, reopened, restored, stepped, type Tabs } from './workspace.ts';

const newId = () => crypto.randomUUID();

export interface WorkspaceHandle {
  readonly tabs: Tabs;
  readonly documents: Documents;
  activate(id: string): void;
  /** The next tab, or the one before. */
  step(by: 1 | -1): void;
  /** Answers with its id. */
  open(text?: string, title?: string, link?: TabLink): string;
  close(id: string): void;
  /** The one that was closed last, or that of the id. */
  reopen(id?: string): void;
  /** To the place `to`, from 0. */
  move(id: string, to: number): void;
  rename(id: string, title: string): void;
  /** The tab belongs to a saved query from now on, or to none. */
  link(id: string, link: TabLink | undefined): void;
}

/** Null while the tabs are being read. */
export function useWorkspace(bridge: Bridge): WorkspaceHandle | null {
  const say = useToast();
  const [tabs, setTabs] = useState<Tabs | null>(null);
  const latest = useRef<Tabs | null>(null);

  /** What was closed in this window: the disk may not have taken it. */
  const closedTexts = useRef(new Map<string, string>());
  const { documents, saver } = useMemo(() => {
    const index = (): TabIndex => {
      const now = latest.current ?? { tabs: [], active: '', closed: [] };
      return {
        tabs: now.tabs.map(({ id, title, link }) => ({ id, title, link, place: made.documents.place(id) })),
        active: now.active,
        closed: now.closed.map(({ id, title, link }) => ({ id, title, link })),
      };
    };
    const saving: Saver = new Saver({
      length: (id) => made.documents.length(id),
      async text(id) {
        // The page says that it is not saved (LargeText); what was saved before stays.
        if (made.documents.length(id) > MAX_TAB_TEXT) return { ok: true, value: null };
        const text = made.documents.get(id) === undefined ? closedTexts.current.get(id) : made.documents.text(id);
        return text === undefined ? { ok: true, value: null } : ask(bridge.saveText({ id, text }));
      },
      index: () => ask(bridge.saveTabs(index())),
      failed({ error }, id) {
        const title = latest.current?.tabs.find((tab) => tab.id === id)?.title;
        say(title === undefined ? error : { ...error, message: error.message.replace('this tab', `“${title}”`) });
      },
    });
    const made = {
      documents: new Documents({ changed: (id) => saving.changed(id), moved: () => saving.changed(null, 500) }),
      saver: saving,
    };
    return made;
  }, [bridge, say]);
  useEffect(() => {
    let gone = false;
    void ask(bridge.loadTabs()).then((answer) => {
      if (gone) return;
      if (!answer.ok) say(answer.error);
      const { index, texts, mishaps } = answer.ok
        ? answer.value
        : { index: { tabs: [], active: '', closed: [] }, texts: {}, mishaps: [] };
      for (const mishap of mishaps) say(mishap);
      const whole = restored(index, newId());
      const places = new Map(index.tabs.map(({ id, place }) => [id, place]));
      for (const { id } of whole.tabs) documents.open(id, texts[id] ?? '', places.get(id) ?? null);
      latest.current = whole;
      setTabs(whole);
    });
    const save = () => saver.flush();
    window.addEventListener('blur', save);
    window.addEventListener('pagehide', save);
    return () => {
      gone = true;
      window.removeEventListener('blur', save);
      window.removeEventListener('pagehide', save);
      save();
      documents.dispose();
    };
  }, [bridge, say, documents, saver]);

  return useMemo(() => {
    if (tabs === null) return null;
    /** From the newest state: one gesture may close several tabs. */
    const change = (to: (now: Tabs) => Tabs) => {
      const next = to(latest.current ?? tabs);
      latest.current = next;
      setTabs(next);
      saver.changed(null);
      return next;
    };
    return {
      tabs,
      documents,
      activate: (id) => void change((now) => ({ ...now, active: id })),
      step: (by) => void change((now) => stepped(now, by)),
      open(text = '', title, link) {
        const id = newId();
        documents.open(id, text);
        if (text !== '') saver.changed(id);
        change((now) => opened(now, id, title, link));
        return id;
      },
      close(id) {
        const fresh = newId();
        const keep = !documents.isEmpty(id);
        if (keep) closedTexts.current.set(id, documents.text(id));
        saver.flush(id);
        const next = change((now) => closed(now, id, fresh, keep));
        if (next.active === fresh) documents.open(fresh, '');
        // The same tab may be open again before the editor has let go of this model.
        const gone = documents.close(id);
        setTimeout(gone.done);
      },
      async reopen(id) {
        const all = latest.current?.closed ?? [];
        const last = id === undefined ? all[0] : all.find((tab) => tab.id === id);
        if (last === undefined) return;
        const held = closedTexts.current.get(last.id);
        const answer = held === undefined ? await ask(bridge.readText(last.id)) : null;
        if (answer?.ok === false) {
          say(answer.error);
          return;
        }
        documents.open(last.id, held ?? answer?.value ?? '');
        closedTexts.current.delete(last.id);
        change((now) => reopened(now, last.id));
      },
      move: (id, to) => void change((now) => moved(now, id, to)),
      rename: (id, title) => void change((now) => renamed(now, id, title)),
      link: (id, link) => void change((now) => linked(now, id, link)),
    };
  }, [bridge, say, tabs, documents, saver]);
}
