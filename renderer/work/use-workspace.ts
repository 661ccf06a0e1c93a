/** Loads the tabs once, and saves them with their unsent text shortly after every change and whenever focus leaves. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ask, type Bridge } from '../bridge.ts';
import { Documents } from '../editor/documents.ts';
import { useToast } from '../ui/Toasts.tsx';
import { closed, opened, renamed, restored, type Tabs } from './workspace.ts';

const SAVE_AFTER_MS = 150;
const newId = () => crypto.randomUUID();

export interface WorkspaceHandle {
  readonly tabs: Tabs;
  readonly documents: Documents;
  activate(id: string): void;
  open(text?: string, title?: string): void;
  close(id: string): void;
  rename(id: string, title: string): void;
}

/** Null while the tabs are being read. */
export function useWorkspace(bridge: Bridge): WorkspaceHandle | null {
  const say = useToast();
  const [tabs, setTabs] = useState<Tabs | null>(null);
  const latest = useRef<Tabs | null>(null);
  latest.current = tabs;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const dirty = useRef(false);

  const later = useCallback(() => {
    dirty.current = true;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => flush.current(), SAVE_AFTER_MS);
  }, []);
  const documents = useMemo(() => new Documents(later), [later]);

  const flush = useRef(() => {});
  flush.current = () => {
    clearTimeout(timer.current);
    const now = latest.current;
    if (!dirty.current || now === null) return;
    dirty.current = false;
    const texts = now.tabs.map((tab) => ({ ...tab, text: documents.text(tab.id) }));
    void ask(bridge.saveWorkspace({ tabs: texts, active: now.active })).then((answer) => {
      if (answer.ok) return;
      dirty.current = true;
      say(answer.error);
    });
  };

  useEffect(() => {
    let gone = false;
    void ask(bridge.loadWorkspace()).then((answer) => {
      if (gone) return;
      if (!answer.ok) say(answer.error);
      const stored = answer.ok ? answer.value : { tabs: [], active: '' };
      const whole = restored(stored, newId());
      for (const tab of whole.tabs) documents.open(tab.id, stored.tabs.find((t) => t.id === tab.id)?.text ?? '');
      setTabs(whole);
    });
    const save = () => flush.current();
    window.addEventListener('blur', save);
    window.addEventListener('pagehide', save);
    return () => {
      gone = true;
      window.removeEventListener('blur', save);
      window.removeEventListener('pagehide', save);
      save();
      documents.dispose();
    };
  }, [bridge, say, documents]);

  return useMemo(() => {
    if (tabs === null) return null;
    const change = (next: Tabs) => {
      setTabs(next);
      later();
    };
    return {
      tabs,
      documents,
      activate: (id) => change({ ...tabs, active: id }),
      open(text = '', title) {
        const id = newId();
        documents.open(id, text);
        change(opened(tabs, id, title));
      },
      close(id) {
        const fresh = newId();
        const next = closed(tabs, id, fresh);
        if (next.active === fresh) documents.open(fresh, '');
        change(next);
        // After the editor has let go of it.
        setTimeout(() => documents.close(id));
      },
      rename: (id, title) => change(renamed(tabs, id, title)),
    };
  }, [tabs, documents, later]);
}
