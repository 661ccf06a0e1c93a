/** The window: follows AppState and shows the one screen that belongs to its phase. */
import { useEffect, useState } from 'react';
import type { AppState } from '../shared/ipc.ts';
import { ApproveCentre } from './approve/index.ts';
import { ask, type Bridge, type UserError } from './bridge.ts';
import { CommandCentre, CommandProvider } from './commands/index.ts';
import { EnvelopeCentre, EnvelopeLink } from './envelope/index.ts';
import { ChooseKey } from './gate/ChooseKey.tsx';
import { SignedOut, SigningIn } from './gate/SignIn.tsx';
import { Starting } from './gate/Starting.tsx';
import { UnlockKey } from './gate/UnlockKey.tsx';
import type { Anchor } from './glass/countdown.ts';
import { HelpCentre } from './help/HelpCentre.tsx';
import { ClosedScreen, LockedScreen, WaitingScreen } from './screens.tsx';
import { SettingsProvider } from './settings.tsx';
import { SettingsCentre } from './settings-page/index.ts';
import { StepUpDialog } from './step-up/index.ts';
import { Toasts } from './ui/Toasts.tsx';
import { LiveScreen, preloadWork } from './work/LiveScreen.tsx';

/** Nothing is open, and nothing is being opened: then an envelope can be. */
const CLOSED: readonly AppState['phase'][] = ['starting', 'signed-out', 'locked', 'waiting'];

/** A state and the moment (ms, this page's monotonic clock) it arrived, which the countdown starts from. */
interface Arrived {
  readonly state: AppState;
  readonly at: number;
}

function useAppState(bridge: Bridge): { arrived: Arrived | null; failed: UserError | null } {
  const [arrived, setArrived] = useState<Arrived | null>(null);
  const [failed, setFailed] = useState<UserError | null>(null);
  useEffect(() => {
    const arrive = (state: AppState) => setArrived({ state, at: performance.now() });
    let pushed = false;
    const stop = bridge.onState((state) => {
      pushed = true;
      arrive(state);
    });
    void ask(bridge.getState()).then((answer) => {
      // A push that overtook the answer is newer.
      if (answer.ok && !pushed) arrive(answer.value);
      if (!answer.ok) setFailed(answer.error);
    });
    return stop;
  }, [bridge]);
  return { arrived, failed };
}

function Screen({ bridge, arrived }: { readonly bridge: Bridge; readonly arrived: Arrived }) {
  const { state, at } = arrived;
  switch (state.phase) {
    case 'starting':
      return <Starting problem={state.problem}>{state.problem !== null && <EnvelopeLink bridge={bridge} />}</Starting>;
    case 'key':
      return state.key === 'choose' ? (
        <ChooseKey bridge={bridge} problem={state.problem} />
      ) : (
        <UnlockKey bridge={bridge} problem={state.problem} />
      );
    case 'signed-out':
      return <SignedOut bridge={bridge} collector={state.collector} problem={state.problem} />;
    case 'signing-in':
      return <SigningIn bridge={bridge} collector={state.collector} />;
    case 'locked':
      return <LockedScreen bridge={bridge} state={state} />;
    case 'waiting':
      return (
        <WaitingScreen
          bridge={bridge}
          person={state.person}
          request={state.request}
          step={null}
          problem={state.problem}
        />
      );
    case 'activating':
      return <WaitingScreen bridge={bridge} person={state.person} request={state.request} step={state.step} />;
    case 'live':
    case 'closing': {
      const anchor: Anchor = { leftMs: state.grant.left_ms, at };
      // One element for both phases, so that text and results stay on screen while the glass closes.
      return <LiveScreen key={state.grant.id} bridge={bridge} state={state} anchor={anchor} />;
    }
    case 'closed':
      return <ClosedScreen bridge={bridge} state={state} />;
  }
}

export function App({ bridge }: { readonly bridge: Bridge }) {
  const { arrived, failed } = useAppState(bridge);
  const phase = arrived?.state.phase;
  useEffect(() => {
    if (phase === 'locked' || phase === 'waiting' || phase === 'activating') preloadWork();
  }, [phase]);
  return (
    <Toasts page={phase === 'closing' ? 'live' : (phase ?? 'starting')}>
      <SettingsProvider bridge={bridge}>
        <CommandProvider bridge={bridge}>
          <HelpCentre bridge={bridge} working={phase === 'live'}>
            <SettingsCentre bridge={bridge} state={arrived?.state ?? null}>
              <ApproveCentre bridge={bridge}>
                <EnvelopeCentre bridge={bridge} canOpen={phase !== undefined && CLOSED.includes(phase)}>
                  {arrived === null ? <Starting problem={failed} /> : <Screen bridge={bridge} arrived={arrived} />}
                </EnvelopeCentre>
              </ApproveCentre>
            </SettingsCentre>
          </HelpCentre>
          <CommandCentre />
          <StepUpDialog bridge={bridge} />
        </CommandProvider>
      </SettingsProvider>
    </Toasts>
  );
}
