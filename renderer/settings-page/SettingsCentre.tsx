/** The command for the settings on every screen, and the page while it is open. What is behind it goes on, out of reach. */
import { type ReactNode, useEffect, useState } from 'react';
import type { AppState } from '../../shared/ipc.ts';
import type { Bridge } from '../bridge.ts';
import { useCommands } from '../commands/index.ts';
import { SettingsPage } from './SettingsPage.tsx';
import { type Target, targetsIn, withFound } from './targets.ts';
import './settings-page.css';

/** Targets that were named since somebody signed in. */
function useSeen(state: AppState | null): readonly Target[] {
  const [seen, setSeen] = useState<readonly Target[]>([]);
  useEffect(() => {
    if (state === null) return;
    setSeen((before) => (state.phase === 'signed-out' ? [] : withFound(before, targetsIn(state))));
  }, [state]);
  return seen;
}

export function SettingsCentre(props: {
  readonly bridge: Bridge;
  readonly state: AppState | null;
  readonly children: ReactNode;
}) {
  const { state } = props;
  const [open, setOpen] = useState(false);
  const seen = useSeen(state);
  useCommands(() => [{ id: 'settings', title: 'Settings', group: 'View', keys: ['Mod+,'], run: () => setOpen(true) }]);
  return (
    <>
      <div className="behind-settings" inert={open}>
        {props.children}
      </div>
      {open && (
        <SettingsPage
          bridge={props.bridge}
          seen={seen}
          limits={state?.phase === 'live' ? state.grant.limits : null}
          unlocked={state !== null && state.phase !== 'starting' && state.phase !== 'key'}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
