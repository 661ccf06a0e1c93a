/** Dark or light: follows the system until the person chooses; the choice is remembered on this machine. */
import { useCallback, useSyncExternalStore } from 'react';

export type Theme = 'dark' | 'light';
const KEY = 'vitrine:theme';
const CHANGED = 'vitrine:theme';
const system = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: light)');

function chosen(): Theme | null {
  const value = window.localStorage.getItem(KEY);
  return value === 'dark' || value === 'light' ? value : null;
}
const current = (): Theme => chosen() ?? (system().matches ? 'light' : 'dark');

export function applyTheme(): void {
  document.documentElement.dataset.theme = current();
}

function subscribe(changed: () => void): () => void {
  const all = (): void => {
    applyTheme();
    changed();
  };
  const query = system();
  query.addEventListener('change', all);
  window.addEventListener('storage', all);
  window.addEventListener(CHANGED, all);
  return () => {
    query.removeEventListener('change', all);
    window.removeEventListener('storage', all);
    window.removeEventListener(CHANGED, all);
  };
}

export function useTheme(): readonly [Theme, () => void] {
  const theme = useSyncExternalStore(subscribe, current);
  const toggle = useCallback(() => {
    const next: Theme = current() === 'dark' ? 'light' : 'dark';
    // Choosing what the system says anyway means following it again.
    if ((next === 'light') === system().matches) window.localStorage.removeItem(KEY);
    else window.localStorage.setItem(KEY, next);
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  return [theme, toggle];
}
