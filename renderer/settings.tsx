/** Theme and pane sizes: read once, kept in the page, saved on change. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react';
import type { Settings } from '../shared/ipc.ts';
import { ask, type Bridge } from './bridge.ts';
import { useToast } from './ui/Toasts.tsx';

export const defaults: Settings = {
  theme: 'system',
  side_width: 264,
  editor_height: 0.36,
  editor_font_size: 13,
  result_rows: 200_000,
  statement_timeout_s: null,
};

interface Held {
  readonly settings: Settings;
  readonly theme: 'dark' | 'light';
  readonly change: (part: Partial<Settings>) => void;
}
const Context = createContext<Held>({ settings: defaults, theme: 'dark', change: () => {} });
export const useSettings = (): Held => useContext(Context);

const dark = window.matchMedia('(prefers-color-scheme: dark)');

export function SettingsProvider({ bridge, children }: { readonly bridge: Bridge; readonly children: ReactNode }) {
  const say = useToast();
  const [settings, setSettings] = useState(defaults);
  const [systemDark, setSystemDark] = useState(dark.matches);
  const theme = settings.theme === 'system' ? (systemDark ? 'dark' : 'light') : settings.theme;

  useEffect(() => {
    void ask(bridge.getSettings()).then((answer) => {
      if (answer.ok) setSettings(answer.value);
      else say(answer.error);
    });
  }, [bridge, say]);
  useEffect(() => {
    const follow = () => setSystemDark(dark.matches);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, []);
  // Before the effects below: the editor's theme reads the tokens that this switches.
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);

  const change = useCallback(
    (part: Partial<Settings>) => {
      setSettings((before) => {
        const after = { ...before, ...part };
        // Saving is a side effect, and React may run this function twice: saving the same settings twice is harmless.
        void ask(bridge.saveSettings(after)).then((answer) => {
          if (!answer.ok) say(answer.error);
        });
        return after;
      });
    },
    [bridge, say],
  );
  const held = useMemo(() => ({ settings, theme, change }) as const, [settings, theme, change]);
  return <Context value={held}>{children}</Context>;
}
