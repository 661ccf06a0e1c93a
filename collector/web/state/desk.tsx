/** What every page is handed: the calls, who is signed in, the clock, and what to do when the session is over. */
import { createContext, useContext, useEffect, useState } from 'react';
import type { Me } from '../../../shared/api.ts';
import type { Calls } from '../api/calls.ts';
import type { VerifyBundle } from '../verify/report.ts';
import type { Go } from './route.ts';

export interface Desk {
  readonly calls: Calls;
  readonly me: Me;
  readonly go: Go;
  readonly verify: VerifyBundle;
  /** The collector answered 401: offer to sign in again, keep the page. */
  readonly onSignedOut: () => void;
  readonly signOut: () => void;
}

const Context = createContext<Desk | null>(null);
export const DeskProvider = Context.Provider;

export function useDesk(): Desk {
  const desk = useContext(Context);
  if (desk === null) throw new Error('useDesk outside DeskProvider');
  return desk;
}

/** The collector's time, renewed every `every` milliseconds; null stands still. */
export function useNow(every: number | null): number {
  const { calls } = useDesk();
  const [now, setNow] = useState(calls.now);
  useEffect(() => {
    setNow(calls.now());
    if (every === null) return;
    const timer = window.setInterval(() => setNow(calls.now()), every);
    return () => window.clearInterval(timer);
  }, [every, calls]);
  return now;
}

/** Back to `path` after signing in; `anew` makes the identity provider ask who it is. */
export const loginPath = (path: string, anew = false): string =>
  `/auth/login?return=${encodeURIComponent(path)}${anew ? '&prompt=login' : ''}`;
