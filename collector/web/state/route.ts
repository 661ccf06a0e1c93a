/** Client-side routes over the history API: one function reads an address, one hook follows it. */
import { useCallback, useSyncExternalStore } from 'react';

export type Route =
  | { readonly page: 'desk'; readonly grant: string | null }
  | { readonly page: 'requests' }
  | { readonly page: 'request'; readonly id: string }
  | { readonly page: 'audits'; readonly audit: string | null }
  | { readonly page: 'live' }
  | { readonly page: 'devices' }
  | { readonly page: 'envelopes' }
  | { readonly page: 'unknown' };

const ID = /^[A-Za-z0-9_-]{22}$/;
const AUDIT = /^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/;

export function routeOf(pathname: string): Route {
  const [first, second, third] = pathname.split('/').filter((part) => part !== '');
  if (third !== undefined) return { page: 'unknown' };
  if (first === undefined) return { page: 'desk', grant: null };
  if (first === 'review') {
    if (second === undefined) return { page: 'desk', grant: null };
    return ID.test(second) ? { page: 'desk', grant: second } : { page: 'unknown' };
  }
  if (first === 'requests') {
    if (second === undefined) return { page: 'requests' };
    return ID.test(second) ? { page: 'request', id: second } : { page: 'unknown' };
  }
  if (first === 'audits') {
    if (second === undefined) return { page: 'audits', audit: null };
    return AUDIT.test(second) ? { page: 'audits', audit: second } : { page: 'unknown' };
  }
  if ((first === 'live' || first === 'devices' || first === 'envelopes') && second === undefined)
    return { page: first };
  return { page: 'unknown' };
}

const MOVED = 'vitrine:moved';

function subscribe(changed: () => void): () => void {
  window.addEventListener('popstate', changed);
  window.addEventListener(MOVED, changed);
  return () => {
    window.removeEventListener('popstate', changed);
    window.removeEventListener(MOVED, changed);
  };
}

export type Go = (path: string, how?: 'push' | 'replace') => void;

export function useRoute(): { readonly path: string; readonly route: Route; readonly go: Go } {
  const path = useSyncExternalStore(subscribe, () => window.location.pathname);
  const go = useCallback<Go>((to, how = 'push') => {
    if (to === window.location.pathname) return;
    // The query stays: it is nobody's but the gallery's.
    const address = to + window.location.search;
    if (how === 'push') window.history.pushState(null, '', address);
    else window.history.replaceState(null, '', address);
    window.dispatchEvent(new Event(MOVED));
  }, []);
  return { path, route: routeOf(path), go };
}
