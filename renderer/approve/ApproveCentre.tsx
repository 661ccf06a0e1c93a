/** Follows what waits, and holds the panel while it is open. Mounted once. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { ApprovalsState } from '../../shared/ipc-approve.ts';
import { ask, type Bridge } from '../bridge.ts';
import { useCommands } from '../commands/index.ts';
import { ApprovePanel } from './ApprovePanel.tsx';
import { ApprovingProvider } from './context.ts';
import type { Drafts } from './draft.ts';
import './approve.css';

function useApprovals(bridge: Bridge): ApprovalsState | null {
  const [state, setState] = useState<ApprovalsState | null>(null);
  useEffect(() => {
    let pushed = false;
    const stop = bridge.onApprovals((next) => {
      pushed = true;
      setState(next);
    });
    void ask(bridge.getApprovals()).then((answer) => {
      // A push that overtook the answer is newer.
      if (answer.ok && !pushed) setState(answer.value);
    });
    return stop;
  }, [bridge]);
  return state;
}

export function ApproveCentre({ bridge, children }: { readonly bridge: Bridge; readonly children: ReactNode }) {
  const state = useApprovals(bridge);
  const [open, setOpen] = useState(false);
  const drafts = useRef<Drafts>(new Map());
  const approving = useMemo(() => ({ state, open: () => setOpen(true) }), [state]);
  const nobody = state === null;
  // What one person began to write is not the next one's.
  useEffect(() => {
    if (!nobody) return;
    setOpen(false);
    drafts.current.clear();
  }, [nobody]);
  useCommands(() => [
    {
      id: 'approvals',
      title: 'Requests that wait for an answer',
      group: 'Glass',
      keys: ['Mod+Shift+A'],
      unavailable: nobody ? 'for approvers' : null,
      run: () => setOpen(true),
    },
  ]);
  return (
    <ApprovingProvider value={approving}>
      {children}
      {open && state !== null && (
        <ApprovePanel bridge={bridge} state={state} drafts={drafts.current} onClose={() => setOpen(false)} />
      )}
    </ApprovingProvider>
  );
}
