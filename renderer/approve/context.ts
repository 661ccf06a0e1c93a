/** What waits, for every part of the page that shows it, and the way to open the panel. */
import { createContext, useContext } from 'react';
import type { ApprovalsState } from '../../shared/ipc-approve.ts';

export interface Approving {
  /** Null where nobody is signed in who approves. */
  readonly state: ApprovalsState | null;
  open(): void;
}

const Context = createContext<Approving>({ state: null, open: () => undefined });
export const ApprovingProvider = Context.Provider;
export const useApproving = (): Approving => useContext(Context);
