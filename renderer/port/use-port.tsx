/** The panel's life: opened by the shortcut or the status bar, closed by Escape; the focus goes back where it was. */
import { type ReactNode, useCallback, useRef, useState } from 'react';
import type { AppState } from '../../shared/ipc.ts';
import type { Bridge } from '../bridge.ts';
import { PortControl } from './PortControl.tsx';
import { PortPanel } from './PortPanel.tsx';
import { useNews } from './use-news.ts';
import './port.css';

const PANEL = 'port-panel';

export function usePort(
  bridge: Bridge,
  live: Extract<AppState, { phase: 'live' }> | null,
  closing: boolean,
): { readonly toggle: () => void; readonly control: ReactNode; readonly panel: ReactNode } {
  const [shown, setShown] = useState(false);
  const before = useRef<Element | null>(null);
  const port = live === null || closing ? null : live.port;
  useNews(port);

  const close = useCallback((giveBack: boolean) => {
    setShown(false);
    if (!giveBack) return;
    // What had it may be gone, as the list of commands is; then it is the editor's.
    const editor = document.querySelector('.editor [role=textbox]');
    const back = before.current?.isConnected === true ? before.current : editor;
    if (back instanceof HTMLElement) back.focus();
  }, []);
  const toggle = () => {
    if (shown) return close(true);
    before.current = document.activeElement;
    setShown(true);
  };
  if (port === null) return { toggle: () => undefined, control: null, panel: null };
  return {
    toggle,
    control: <PortControl port={port} shown={shown} panel={PANEL} onToggle={toggle} />,
    panel: shown && <PortPanel id={PANEL} bridge={bridge} port={port} onClose={close} />,
  };
}
