/** Tabs and their text: what is open, in which order, what it is called. Pure; the texts are held by the editor. */
import type { Workspace } from '../../shared/ipc.ts';

export interface Tab {
  readonly id: string;
  readonly title: string;
}
export interface Tabs {
  readonly tabs: readonly Tab[];
  readonly active: string;
}

/** `query 1`, `query 2`, …: the first that is free. */
export function freeTitle(tabs: readonly Tab[]): string {
  const taken = new Set(tabs.map((tab) => tab.title));
  for (let n = 1; ; n++) if (!taken.has(`query ${n}`)) return `query ${n}`;
}

export function opened({ tabs }: Tabs, id: string, title = freeTitle(tabs)): Tabs {
  return { tabs: [...tabs, { id, title }], active: id };
}

/** The neighbour to the right becomes active, at the end the one to the left; there is always one tab. */
export function closed(state: Tabs, id: string, fresh: string): Tabs {
  const index = state.tabs.findIndex((tab) => tab.id === id);
  const tabs = state.tabs.filter((tab) => tab.id !== id);
  if (tabs.length === 0) return opened({ tabs: [], active: '' }, fresh);
  if (state.active !== id) return { tabs, active: state.active };
  return { tabs, active: (tabs[index] ?? tabs[index - 1] ?? tabs[0])?.id ?? '' };
}

export function renamed(state: Tabs, id: string, title: string): Tabs {
  const trimmed = title.trim().slice(0, 200);
  if (trimmed === '') return state;
  return { ...state, tabs: state.tabs.map((tab) => (tab.id === id ? { ...tab, title: trimmed } : tab)) };
}

/** A stored workspace, made whole: at least one tab, an active tab that exists. */
export function restored(stored: Workspace, fresh: string): Tabs {
  const tabs = stored.tabs.map(({ id, title }) => ({ id, title }));
  if (tabs.length === 0) return opened({ tabs: [], active: '' }, fresh);
  const active = tabs.some((tab) => tab.id === stored.active) ? stored.active : (tabs[0]?.id ?? '');
  return { tabs, active };
}
