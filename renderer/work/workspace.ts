/** Which tabs are open, in which order, what they are called, and which were closed lately. Pure; the texts are the editor's. */
import type { TabIndex, TabLink } from '../../shared/ipc-workspace.ts';
import { MOST_CLOSED } from '../../shared/tabs.ts';

export interface Tab {
  readonly id: string;
  readonly title: string;
  /** The saved query that it belongs to. */
  readonly link?: TabLink | undefined;
}
export interface Tabs {
  readonly tabs: readonly Tab[];
  readonly active: string;
  /** Newest first; their texts are kept so that they can be opened again. */
  readonly closed: readonly Tab[];
}

/** `query 1`, `query 2`, …: the first that is free. */
export function freeTitle(tabs: readonly Tab[]): string {
  const taken = new Set(tabs.map((tab) => tab.title));
  for (let n = 1; ; n++) if (!taken.has(`query ${n}`)) return `query ${n}`;
}

export function opened({ tabs, closed }: Tabs, id: string, title = freeTitle(tabs), link?: TabLink): Tabs {
  return { tabs: [...tabs, { id, title: title.slice(0, 200), link }], active: id, closed };
}

export function linked(state: Tabs, id: string, link: TabLink | undefined): Tabs {
  return { ...state, tabs: state.tabs.map((tab) => (tab.id === id ? { ...tab, link } : tab)) };
}

/**
 * The neighbour to the right becomes active, at the end the one to the left; there is always one tab. `keep`: it can be
 * opened again.
 */
export function closed(state: Tabs, id: string, fresh: string, keep: boolean): Tabs {
  const index = state.tabs.findIndex((tab) => tab.id === id);
  const gone = state.tabs[index];
  const tabs = state.tabs.filter((tab) => tab.id !== id);
  const known = gone !== undefined && keep ? [gone, ...state.closed].slice(0, MOST_CLOSED) : state.closed;
  if (tabs.length === 0) return opened({ tabs: [], active: '', closed: known }, fresh);
  const active = state.active === id ? ((tabs[index] ?? tabs[index - 1] ?? tabs[0])?.id ?? '') : state.active;
  return { tabs, active, closed: known };
}

/** The one that was closed last, or that of the id, is open again, and active. */
export function reopened(state: Tabs, id = state.closed[0]?.id): Tabs {
  const back = state.closed.find((tab) => tab.id === id);
  const rest = state.closed.filter((tab) => tab !== back);
  return back === undefined ? state : opened({ ...state, closed: rest }, back.id, back.title, back.link);
}

/** The tab stands at `to` afterwards; out of range is the nearest end. */
export function moved(state: Tabs, id: string, to: number): Tabs {
  const tab = state.tabs.find((one) => one.id === id);
  if (tab === undefined) return state;
  const tabs = state.tabs.filter((one) => one.id !== id);
  tabs.splice(Math.max(0, Math.min(to, tabs.length)), 0, tab);
  return { ...state, tabs };
}

/** `by` tabs further, around the ends. */
export function stepped(state: Tabs, by: 1 | -1): Tabs {
  const at = state.tabs.findIndex(({ id }) => id === state.active);
  const next = state.tabs[(at + by + state.tabs.length) % state.tabs.length];
  return next === undefined ? state : { ...state, active: next.id };
}

export function renamed(state: Tabs, id: string, title: string): Tabs {
  const trimmed = title.trim().slice(0, 200);
  if (trimmed === '') return state;
  return { ...state, tabs: state.tabs.map((tab) => (tab.id === id ? { ...tab, title: trimmed } : tab)) };
}

/** Stored tabs, made whole: at least one, and an active one that exists. */
export function restored(stored: TabIndex, fresh: string): Tabs {
  const tabs = stored.tabs.map(({ id, title, link }) => ({ id, title, link }));
  const { closed: known } = stored;
  if (tabs.length === 0) return opened({ tabs: [], active: '', closed: known }, fresh, 'scratch');
  const active = tabs.some((tab) => tab.id === stored.active) ? stored.active : (tabs[0]?.id ?? '');
  return { tabs, active, closed: known };
}
